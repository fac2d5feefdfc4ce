/** Loads images in a worker. The worker starts with the first request and runs until the loader is closed. */
import type { LoadedFiles, LoadRequest } from "./load.ts";
import type { WorkerAnswer } from "./worker.ts";

export class ImageLoader {
  #worker: Worker | null = null;
  #nextId = 1;
  readonly #waiting = new Map<number, PromiseWithResolvers<LoadedFiles>>();

  /** Returns what `loadFiles` returns. Requests are processed in order, so the next one can be sent ahead. */
  load(request: LoadRequest): Promise<LoadedFiles> {
    const id = this.#nextId++;
    const answer = Promise.withResolvers<LoadedFiles>();
    // A request that was sent ahead may never be awaited; its error must not count as unhandled.
    answer.promise.catch(() => {});
    this.#waiting.set(id, answer);
    this.#worker ??= this.#start();
    this.#worker.postMessage({ id, ...request });
    return answer.promise;
  }

  /** Ends the worker and rejects the pending requests. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#fail(new Error("the loader was closed"));
  }

  #start(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data: { id, loaded, error } }: MessageEvent<WorkerAnswer>) => {
      const answer = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (loaded) answer?.resolve(loaded);
      else answer?.reject(new Error(error));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#worker = null;
      this.#fail(new Error(`the decoding worker failed: ${event.message}`));
    };
    return worker;
  }

  #fail(error: Error): void {
    for (const answer of this.#waiting.values()) answer.reject(error);
    this.#waiting.clear();
  }
}
