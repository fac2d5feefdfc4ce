/**
 * Checks a weights file within a time limit. The HDF5 library never returns from some damaged files, and in this process
 * nothing could stop it: it runs in a worker, which can be ended.
 */
import { HeadlightError } from "../errors.ts";
import { type CheckOutcome, checkOutcomeSchema, type CheckRequest } from "./check_request.ts";

/** A file on a slow network disk takes seconds. */
const LIMIT_MS = 20_000;

/**
 * Checks a Keras weights file against the layers of a base. Reads no weight.
 * @throws HeadlightError (2) as `checkBaseWeights`, and if that takes longer than the limit
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
    // Otherwise it would end this process.
    event.preventDefault();
    outcome.reject(new Error(event.message));
  };
  try {
    worker.postMessage({ path, base, size, pooling } satisfies CheckRequest);
    const found = await outcome.promise;
    if (found === null) {
      throw new HeadlightError(
        `${path}: the HDF5 library was not done with it after ${limitMs / 1000} s; it is damaged, get the file anew`,
      );
    }
    if (found.error !== null) throw new HeadlightError(found.error);
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}
