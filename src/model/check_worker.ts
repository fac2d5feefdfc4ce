/** The worker that checks a base and its weights. `checkWeightsInTime` starts it. */
/// <reference lib="deno.worker" />
import { HeadlightError } from "../errors.ts";
import { checkBaseWeights } from "./base_weights.ts";
import { type CheckOutcome, checkRequestSchema } from "./check_request.ts";

// The library prints messages about damaged files to the console. The error that is reported contains them already.
console.error = console.warn = console.log = () => {};

self.onmessage = async ({ data }) => {
  let error: string | null = null;
  try {
    await checkBaseWeights(checkRequestSchema.parse(data));
  } catch (thrown) {
    if (!(thrown instanceof HeadlightError)) throw thrown;
    error = thrown.message;
  }
  self.postMessage({ error } satisfies CheckOutcome);
};
