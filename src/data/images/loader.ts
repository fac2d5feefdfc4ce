/** Loads images in workers. They start when there is enough to load, and run until the loader is closed. */
import { freeMemory } from "../../free_memory.ts";
import { filesWaiting, type LoadedFile, type LoadRequest, type LoadTask, newProgress } from "./load.ts";
import { planBatches, planReading, type ReadingPlan } from "./reading_plan.ts";
import type { WorkerAnswer } from "./worker.ts";

/**
 * A further worker is started for each time this many files wait. Starting one takes as long as decoding a hundred
 * small images, or half a HEIC of a phone.
 */
const FILES_PER_WORKER = 16;
const HEICS_PER_WORKER = 1;
/** The names that phones and computers give to files that are HEIC. AVIF files have other names. */
const HEIC_NAME = /\.(?:heic|heif|hif)$/i;

export interface LoadedFiles {
  /** Pixels, float32 files × size × size × 3, 0…255. Those of a broken image are zeros. */
  readonly pixels: Float32Array<ArrayBuffer>;
  /** The hash of each file; for a file that cannot be read, the hash of empty content. */
  readonly hashes: readonly string[];
  /** The broken files, by index, with the reason. */
  readonly broken: readonly { readonly index: number; readonly reason: string }[];
}

interface Pending {
  readonly task: LoadTask;
  readonly answer: PromiseWithResolvers<LoadedFiles>;
  readonly files: LoadedFile[];
  pixels: Float32Array<ArrayBuffer> | null;
}

export class ImageLoader {
  readonly #workers: Worker[] = [];
  #nextId = 1;
  readonly #pending = new Map<number, Pending>();
  /** Shared buffers that no request uses. */
  readonly #unused: SharedArrayBuffer[] = [];
  #plan: ReadingPlan | null;

  /** @param plan how many workers to use; null for as many as this process's cores and memory allow */
  constructor(plan: ReadingPlan | null = null) {
    this.#plan = plan;
  }

  /**
   * Loads all files. The workers share each request and process requests in order, so the next one can be sent ahead.
   * The result does not depend on the number of workers.
   */
  load(request: LoadRequest): Promise<LoadedFiles> {
    const { paths, size } = request;
    const answer = Promise.withResolvers<LoadedFiles>();
    // A request that was sent ahead may never be awaited; its error must not count as unhandled.
    answer.promise.catch(() => {});
    if (paths.length === 0) {
      answer.resolve({ pixels: new Float32Array(), hashes: [], broken: [] });
      return answer.promise;
    }
    const task: LoadTask = {
      ...request,
      pixels: this.#buffer(paths.length * size * size * 3 * Float32Array.BYTES_PER_ELEMENT),
      progress: newProgress(paths.length),
      pixelsBesideOthers: this.#planned().pixelsBesideOthers,
    };
    const id = this.#nextId++;
    for (const worker of this.#workers) worker.postMessage({ id, task });
    this.#pending.set(id, { task, answer, files: [], pixels: null });
    this.#startWorkers();
    return answer.promise;
  }

  /** Returns how many batches should be requested ahead. */
  batchesAhead(batchSize: number, size: number): number {
    const batchBytes = batchSize * size * size * 3 * Float32Array.BYTES_PER_ELEMENT;
    return planBatches({ workers: this.#planned().workers, freeBytes: freeMemory(), batchSize, batchBytes });
  }

  /** Ends the workers and rejects the pending requests. */
  close(): void {
    this.#fail(new Error("the loader was closed"));
  }

  #planned(): ReadingPlan {
    return this.#plan ??= planReading({ cores: navigator.hardwareConcurrency, freeBytes: freeMemory() });
  }

  #buffer(bytes: number): SharedArrayBuffer {
    const place = this.#unused.findIndex(({ byteLength }) => byteLength >= bytes);
    const [found] = place < 0 ? [] : this.#unused.splice(place, 1);
    return found ?? new SharedArrayBuffer(bytes);
  }

  #startWorkers(): void {
    const tasks = [...this.#pending.values()].map(({ task }) => task);
    const waiting = tasks.reduce((sum, task) => sum + filesWaiting(task), 0);
    const { workers, heicWorkers } = this.#planned();
    const [most, filesPerWorker] = tasks.some(({ paths }) => paths.some((path) => HEIC_NAME.test(path)))
      ? [heicWorkers, HEICS_PER_WORKER]
      : [workers, FILES_PER_WORKER];
    const wanted = Math.min(most, Math.ceil(waiting / filesPerWorker));
    while (this.#workers.length < Math.max(1, wanted)) this.#start();
  }

  #start(): void {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => this.#take(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(`a reading worker failed: ${event.message}`));
    };
    this.#workers.push(worker);
    for (const [id, { task }] of this.#pending) worker.postMessage({ id, task });
  }

  #take(worked: WorkerAnswer): void {
    const pending = this.#pending.get(worked.id);
    if (!pending) return;
    if ("error" in worked) {
      // The other workers may still write to the task's buffer, so it is not used again.
      this.#pending.delete(worked.id);
      pending.answer.reject(new Error(worked.error));
      return;
    }
    pending.files.push(...worked.share.files);
    pending.pixels ??= worked.share.pixels;
    const { task, answer, files, pixels } = pending;
    if (pixels === null || files.length < task.paths.length) return;
    this.#pending.delete(worked.id);
    this.#unused.push(task.pixels);
    const inOrder = files.toSorted((one, other) => one.index - other.index);
    answer.resolve({
      pixels,
      hashes: inOrder.map(({ hash }) => hash),
      broken: inOrder.flatMap(({ index, broken }) => broken === null ? [] : [{ index, reason: broken }]),
    });
  }

  #fail(error: Error): void {
    for (const worker of this.#workers.splice(0)) worker.terminate();
    for (const { answer } of this.#pending.values()) answer.reject(error);
    this.#pending.clear();
  }
}
