/** Keras's files of small models, made by the scripts in tests/fixtures/keras_files/, and what Keras computes with them. */
import { join } from "node:path";
import { z } from "zod";
import { PROJECT_ROOT } from "../../src/paths.ts";

const resultsSchema = z.object({
  /** What the whole model outputs for the images. */
  output: z.array(z.number()),
  parameters: z.int(),
  /** The maximum of each map of the layer before the top. */
  features: z.array(z.number()),
  base_parameters: z.int(),
});

const FOLDER = join(PROJECT_ROOT, "tests", "fixtures", "keras_files");

/** What Keras computes, by the name of the model. */
export const EXPECTED = z.object({
  mixed: resultsSchema,
  chain: resultsSchema,
  keras2: resultsSchema,
  keras2_chain: resultsSchema,
  tutorial: resultsSchema,
  keras2_tutorial: resultsSchema,
  merged: resultsSchema,
  keras2_caffe: resultsSchema,
}).parse({ ...results("expected.json"), ...results("expected_keras2.json") });

function results(name: string): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(Deno.readTextFileSync(join(FOLDER, name))));
}

/** The files of whole models, and the name of each one's model. */
export const MODEL_FILES = {
  "mixed.keras": "mixed",
  "mixed.h5": "mixed",
  "chain.keras": "chain",
  "chain.h5": "chain",
  "keras2.h5": "keras2",
  "keras2_chain.keras": "keras2_chain",
  "tutorial.keras": "tutorial",
  "keras2_tutorial.h5": "keras2_tutorial",
  "merged.keras": "merged",
  "merged.h5": "merged",
  "keras2_caffe.h5": "keras2_caffe",
} as const satisfies Record<string, keyof typeof EXPECTED>;

export function kerasFile(name: string): string {
  return join(FOLDER, name);
}

/** The side of the images, in pixels. */
export const SIZE = 24;
export const IMAGES = 2;

/** The pixels of the images, as make.py has them. */
export function pixels(): Float32Array {
  return Float32Array.from({ length: IMAGES * SIZE * SIZE * 3 }, (_, index) => index * 7919 % 256);
}
