/** The notice of a repeated run whose features differ from those of the original run. */
import type { TrainedFeatures } from "./folder/run_config.ts";

/**
 * Returns the notice, or null if the features are the expected ones or none were expected.
 *
 * Another processor or number of threads changes the last bits of a feature, and the cache may contain rows from
 * another machine. The run's figures may then differ in their last digits.
 *
 * @param expected the beginning of the expected digest, `--expect-features`
 */
export function otherFeaturesNotice(expected: string | undefined, { sha256, made_on }: TrainedFeatures): string | null {
  if (expected === undefined || sha256.startsWith(expected)) return null;
  const machines = made_on.map(({ processor, threads }) =>
    `${processor}, ${threads} ${threads === 1 ? "thread" : "threads"}`
  );
  const found = sha256.slice(0, expected.length);
  return `--expect-features ${expected}: this run's features differ (${found}), because its images, weights or machine ` +
    "differ from the original run's. Its figures may differ too. " +
    `Its features were computed on ${machines.join(" and ")}. ` +
    "For the original ones, see features.made_on in the original run's config.json.";
}
