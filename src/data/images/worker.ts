/**
 * A reading worker. It is a separate thread, because resizing takes time in JavaScript, and because the network blocks
 * the main thread for up to a second at a time.
 */
import { type LoadedShare, type LoadTask, ShareLoader } from "./load.ts";

export type WorkerAnswer =
  | { readonly id: number; readonly share: LoadedShare }
  | { readonly id: number; readonly error: string };

interface WorkerScope {
  onmessage: ((event: MessageEvent<{ readonly id: number; readonly task: LoadTask }>) => void) | null;
  postMessage(answer: WorkerAnswer, transfer: Transferable[]): void;
}

const scope = self as unknown as WorkerScope;

const loader = new ShareLoader();

scope.onmessage = async ({ data: { id, task } }) => {
  try {
    const share = await loader.loadShare(task);
    if (share.files.length > 0) scope.postMessage({ id, share }, share.pixels ? [share.pixels.buffer] : []);
  } catch (error) {
    scope.postMessage({ id, error: error instanceof Error ? error.stack ?? error.message : String(error) }, []);
  }
};
