/**
 * The ways of running the frozen base that the bench compares. Only this file knows how each is opened, and only the
 * modes in `BASE_MODES` are measured.
 */
import { z } from "zod";
import { precisionSchema } from "../../src/config.ts";
import type { ImageBatch } from "../../src/data/dataset/dataset.ts";
import { type Engine, forBases } from "../../src/engine/engine.ts";
import { openEagerBase } from "../../src/features/base/eager.ts";
import type { FrozenBase } from "../../src/features/base/frozen_base.ts";
import { openGraphBase } from "../../src/features/base/graph_base.ts";
import type { ExtractionSpec } from "../../src/features/job.ts";
import { PRECISIONS } from "./precisions.ts";

export const baseModeSchema = z.object({
  /** eager: op by op from JavaScript. captured: one TensorFlow graph. */
  mode: z.enum(["eager", "captured"]),
  precision: precisionSchema,
});
export type BaseMode = z.infer<typeof baseModeSchema>;

/** The modes that the engine `tensorflow` can run here. Errors are relative to the first one. */
export const BASE_MODES: readonly BaseMode[] = [
  { mode: "eager", precision: "float32" },
  ...PRECISIONS.map((precision) => ({ mode: "captured", precision } as const)),
];

/** Opens the base in one mode. Uses the mode's precision and ignores `spec.precision`. */
export function openBase(
  engine: Engine,
  spec: ExtractionSpec,
  { mode, precision }: BaseMode,
  images: ImageBatch,
  cacheRoot: string,
): Promise<FrozenBase> {
  if (mode === "eager") return openEagerBase(engine.tf, spec);
  const { kind, tf, baseGraphs } = forBases(engine);
  if (!baseGraphs) throw new Error(`${kind} takes no graphs`);
  const place = { cacheRoot, cores: navigator.hardwareConcurrency };
  return openGraphBase({ tf, baseGraphs }, { ...spec, precision }, images, place);
}
