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
  const machines = made_on.map(({ processor, threads }) =>
    `${processor}, ${threads} ${threads === 1 ? "thread" : "threads"}`
  );
  return `These features are not those that --expect-features names (${sha256.slice(0, expected.length)} instead of ` +
    `${expected}), so figures may differ from those of the repeated run: images, weights or machine are not the same. ` +
    `These were computed on ${
      machines.join(" and ")
    }; features.made_on in that run's config.json says where its own were.`;
}
