/** What a repeated run says if it trains on other features than the run that it repeats. */
import type { TrainedFeatures } from "./folder/run_config.ts";

/**
 * Returns the notice, or null where the features are the expected ones or none were expected.
 *
 * Another processor or number of threads moves the last bits of a feature, and the cache may hold rows of another
 * machine: the figures of the run may then differ in their last digits.
 *
 * @param expected the beginning of the expected digest, `--expect-features`
 */
export function otherFeaturesNotice(expected: string | undefined, { sha256, made_on }: TrainedFeatures): string | null {
  if (expected === undefined || sha256.startsWith(expected)) return null;
  const machines = made_on.map(({ processor, threads }) => `${processor} with ${threads} threads an op`).join("; ");
  return `The features differ from those of the run that this one repeats (${
    sha256.slice(0, expected.length)
  } instead ` +
    `of ${expected}), so figures may differ too. They were made on ${machines}. Compare made_on in both config.json files.`;
}
