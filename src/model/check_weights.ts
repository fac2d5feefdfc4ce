/**
 * Checks a weights file within a time limit. The HDF5 library never returns when it reads certain damaged files. It
 * therefore runs in a worker, which can be terminated.
 */
import { HeadlightError } from "../errors.ts";
import { type CheckOutcome, checkOutcomeSchema, type CheckRequest } from "./check_request.ts";

/** Long enough for a file on a slow network disk, which takes seconds. */
const LIMIT_MS = 20_000;

/**
 * Checks the names and shapes in a Keras weights file against the layers of a base. Does not read the weights.
 *
 * @throws HeadlightError (exit status 2) as `checkBaseWeights` does, and also if the check exceeds the limit
 */
export async function checkWeightsInTime(
  path: string,
  { base, size, pooling }: Omit<CheckRequest, "path">,
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
    worker.postMessage({ path, base, size, pooling } satisfies CheckRequest);
    const found = await outcome.promise;
    if (found === null) {
      throw new HeadlightError(
        `${path}: the file is damaged. The HDF5 library could not read it within ${limitMs / 1000} s. ` +
          "Download or copy the file again.",
      );
    }
    if (found.error !== null) throw new HeadlightError(found.error);
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}
