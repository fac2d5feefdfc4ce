/**
 * The ways to run the frozen base that the bench compares. This is the one place that knows how each is opened; what is
 * not in `BASE_MODES` is not measured.
 */
import { z } from "zod";
import { precisionSchema } from "../../src/config.ts";
import type { ImageBatch } from "../../src/data/dataset/dataset.ts";
import type { Tf } from "../../src/engine/engine.ts";
import { openEagerBase } from "../../src/features/base/eager.ts";
import type { FrozenBase } from "../../src/features/base/frozen_base.ts";
import { openGraphBase } from "../../src/features/base/graph_base.ts";
import type { ExtractionSpec } from "../../src/features/job.ts";
import { PRECISIONS } from "./precisions.ts";

export const baseModeSchema = z.object({
  /** eager: op by op from JavaScript; captured: one TensorFlow graph. */
  mode: z.enum(["eager", "captured"]),
  precision: precisionSchema,
});
export type BaseMode = z.infer<typeof baseModeSchema>;

/** What can be measured with the engine `tensorflow`, the reference that errors are relative to first. */
export const BASE_MODES: readonly BaseMode[] = [
  { mode: "eager", precision: "float32" },
  ...PRECISIONS.map((precision) => ({ mode: "captured", precision } as const)),
];

/** Opens the base in one way. `spec.precision` does not matter: the mode's does. */
export function openBase(
  tf: Tf,
  spec: ExtractionSpec,
  { mode, precision }: BaseMode,
  images: ImageBatch,
  cacheRoot: string,
): Promise<FrozenBase> {
  return mode === "eager"
    ? openEagerBase(tf, spec)
    : openGraphBase(tf, { ...spec, precision }, images, cacheRoot, navigator.hardwareConcurrency);
}
