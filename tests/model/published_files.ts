/**
 * Weight files of whole bases in the layouts of the published ones, with made-up weights, and what Keras computes with
 * them. Made by tests/fixtures/published/make.py.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { ImageBatch } from "../../src/data/dataset/dataset.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { parityImages } from "./formula_weights.ts";

const FOLDER = join(PROJECT_ROOT, "tests", "fixtures", "published");
const floats = z.base64().transform((text) => new Float32Array(Uint8Array.fromBase64(text).buffer));

/** Keras's results for `publishedImages` at 160 pixels. Features are pooled by maximum. */
export const EXPECTED = z.object({
  images_sha256: z.string().length(64),
  densenet121: z.object({ scale: floats }),
  squeezenet11: z.object({ caffe: floats, scale: floats }),
  mobilenet_v2: z.object({ features: floats, probabilities: floats }),
}).parse(JSON.parse(Deno.readTextFileSync(join(FOLDER, "expected.json"))));

/** The files, without the `.gz` of the fixture. `mobilenet_v2_whole.h5` is a model with the base nested in it. */
export type PublishedFileName =
  | "densenet121.h5"
  | "squeezenet11.h5"
  | "mobilenet_v2.h5"
  | "mobilenet_v2.weights.h5"
  | "mobilenet_v2_whole.h5";

/** Returns the bytes of a file. */
export function publishedBytes(name: PublishedFileName): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gunzipSync(Deno.readFileSync(join(FOLDER, `${name}.gz`))));
}

let folder: string | null = null;

/** Unpacks a file into a folder that is removed when the test file has run. Returns its path. */
export function publishedFile(name: PublishedFileName): string {
  if (folder === null) {
    const made = Deno.makeTempDirSync({ prefix: "headlight-published-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(made, { recursive: true }));
    folder = made;
  }
  const path = join(folder, name);
  Deno.writeFileSync(path, publishedBytes(name));
  return path;
}

/** Returns the four images that `EXPECTED` is for. */
export async function publishedImages(): Promise<ImageBatch & { readonly pixels: Uint8Array }> {
  const { height, width, pixels } = await parityImages();
  const first = Uint8Array.from(pixels.subarray(0, 4 * height * width * 3));
  assert.equal(
    createHash("sha256").update(first).digest("hex"),
    EXPECTED.images_sha256,
    "the demo set has changed: run tests/fixtures/published/make.py again",
  );
  return { count: 4, height, width, pixels: first };
}
