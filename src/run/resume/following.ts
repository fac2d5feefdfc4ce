/** Which differences follow from others, so that one changed thing is named and allowed once. */

/** What a run computes from its data, its base and its machine, as config.json names it. */
export type Recomputed = "features" | "pixels" | "trained_on";

/** What else differs if something does, by its name. */
const FOLLOWS: Readonly<Record<string, readonly string[]>> = {
  data: ["features"],
  validation_split: ["data", "features"],
  // It decides which images of a folder are for validation.
  seed: ["data", "features"],
  // Small steps are faster with one thread (`StepsSetUp`).
  batch: ["threads"],
  weights: ["features"],
  preprocess: ["features"],
  resize: ["data", "features"],
  precision: ["features"],
  engine: ["openvino", "cuda", "webgpu", "tensorflow", "tf32", "processor", "threads", "features"],
  openvino: ["features"],
  cuda: ["features"],
  tf32: ["features"],
  webgpu: ["features"],
  tensorflow: ["processor", "threads", "features"],
  processor: ["features"],
  threads: ["features"],
};

/** Returns whether a difference is one of those noted already, or follows from one. */
export function followsFrom(name: string, noted: readonly string[]): boolean {
  return noted.some((cause) => cause === name || (FOLLOWS[cause] ?? []).includes(name));
}

/** The differences that show in each of them. */
const SHOWN_BY: readonly (readonly [Recomputed, string])[] = [
  ["features", "features"],
  ["pixels", "data"],
  ["trained_on", "processor"],
];

/** Returns what is not known after changes until it is computed anew. */
export function forgottenAfter(changes: readonly string[]): Recomputed[] {
  return SHOWN_BY.filter(([, name]) => followsFrom(name, changes)).map(([recomputed]) => recomputed);
}
