/**
 * Checks Keras's files within a time limit. The HDF5 library never returns when it reads certain damaged files. It
 * therefore runs in a worker, which can be terminated.
 */
import { HeadlightError } from "../errors.ts";
import { type CheckOutcome, checkOutcomeSchema, type CheckRequest } from "./check_request.ts";

/** Long enough for a file on a slow network disk, which takes seconds. */
const LIMIT_MS = 20_000;

/** The options that decide a base's layers. */
export interface CheckedBase extends Pick<CheckRequest, "base" | "size" | "pooling"> {
  readonly cut?: string | undefined;
}

/**
 * Checks the names and shapes in a Keras weights file against the layers of a base, and the model in the base's file if
 * it is in one. Does not read the weights.
 *
 * @param path the weights file, or null to check only the base
 * @throws HeadlightError (exit status 2) as `checkBaseWeights` does, and also if the check exceeds the limit
 */
export async function checkWeightsInTime(
  path: string | null,
  { base, cut, size, pooling }: CheckedBase,
  limitMs: number = LIMIT_MS,
): Promise<void> {
  const worker = new Worker(new URL("./check_worker.ts", import.meta.url), { type: "module" });
  const outcome = Promise.withResolvers<CheckOutcome | null>();
  const timer = setTimeout(() => outcome.resolve(null), limitMs);
  worker.onmessage = ({ data }) => outcome.resolve(checkOutcomeSchema.parse(data));
  worker.onerror = (event) => {
    // An unhandled error in a worker would end this process.
    event.preventDefault();
    outcome.reject(new Error(event.message));
  };
  try {
    worker.postMessage({ weights: path, base, cut: cut ?? null, size, pooling } satisfies CheckRequest);
    const found = await outcome.promise;
    if (found === null) {
      throw new HeadlightError(
        `${path ?? base}: the file is damaged. The HDF5 library could not read it within ${limitMs / 1000} s. ` +
          "Download or copy the file again.",
      );
    }
    if (found.error !== null) throw new HeadlightError(found.error);
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}
