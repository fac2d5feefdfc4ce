/** The decoding worker: a thread of its own, since the network keeps the main one busy for a second at a time. */
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

/** One after the other: what is asked for first is needed first. */
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
