/** tests/fixtures/preprocessed.json: what Keras makes of made-up pixels before the base sees them. */
import { z } from "zod";
import type { ImageBatch } from "../../src/data/dataset/dataset.ts";
import type { Preprocessing } from "../../src/features/base/preprocess.ts";

const schema = z.array(z.object({
  height: z.int(),
  width: z.int(),
  mode: z.enum(["scale", "torch", "caffe"]),
  input: z.base64().transform((text) => new Float32Array(Uint8Array.fromBase64(text).buffer)),
}));

export interface PreprocessedCase {
  readonly name: string;
  readonly batch: ImageBatch;
  readonly how: Preprocessing;
  readonly expected: Float32Array;
  /** 1e-5 of the pixel range, which is 0…1 or 0…255. `torch` divides by standard deviations of 0.224 and more. */
  readonly within: number;
}

const WITHIN = { scale: 1e-5, torch: 1e-5 / 0.224, caffe: 1e-5 * 255 };

const recorded = schema.parse(
  JSON.parse(Deno.readTextFileSync(new URL("../fixtures/preprocessed.json", import.meta.url))),
);
export const PREPROCESSED: readonly PreprocessedCase[] = recorded.map(({ height, width, mode, input }) => ({
  name: `${mode}, ${width}×${height}`,
  batch: {
    count: 1,
    height,
    width,
    pixels: Uint8Array.from({ length: height * width * 3 }, (_, index) => (7 * index * index + 31 * index) % 256),
  },
  how: {
    size: 24,
    ...(mode === "scale" ? { preprocess: "scale", own: "torch" } : { preprocess: "imagenet", own: mode }),
  },
  expected: input,
  within: WITHIN[mode],
}));
