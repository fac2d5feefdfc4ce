/**
 * The decoding worker. It is a separate thread, because the network blocks the main thread for up to a second at a
 * time.
 */
import { type LoadedFiles, loadFiles, type LoadRequest } from "./load.ts";

export interface WorkerAnswer {
  readonly id: number;
  readonly loaded?: LoadedFiles;
  readonly error?: string;
}

interface WorkerScope {
  onmessage: ((event: MessageEvent<LoadRequest & { id: number }>) => void) | null;
  postMessage(answer: WorkerAnswer, transfer: Transferable[]): void;
}

const scope = self as unknown as WorkerScope;

/** Runs the requests one after the other, because the first one is needed first. */
let turn: Promise<void> = Promise.resolve();

scope.onmessage = ({ data: { id, ...request } }) => {
  turn = turn.then(async () => {
    try {
      const loaded = await loadFiles(request);
      scope.postMessage({ id, loaded }, [loaded.pixels.buffer]);
    } catch (error) {
      scope.postMessage({ id, error: error instanceof Error ? error.stack ?? error.message : String(error) }, []);
    }
  });
};
