/** The worker in which a weights file is checked, see check_weights.ts. */
/// <reference lib="deno.worker" />
import { HeadlightError } from "../errors.ts";
import { checkBaseWeights } from "./base_weights.ts";
import { type CheckOutcome, checkRequestSchema } from "./check_request.ts";

// The library prints what is wrong with a damaged file in words of its own; the error has them already.
console.error = console.warn = console.log = () => {};

self.onmessage = async ({ data }) => {
  const { path, ...options } = checkRequestSchema.parse(data);
  let error: string | null = null;
  try {
    await checkBaseWeights(path, options);
  } catch (thrown) {
    if (!(thrown instanceof HeadlightError)) throw thrown;
    error = thrown.message;
  }
  self.postMessage({ error } satisfies CheckOutcome);
};
