/** Files that TensorFlow decoded, with its pixels (`tests/fixtures/make_tensorflow_pixels.py`). */
import { Buffer } from "node:buffer";
import { inflateSync } from "node:zlib";
import { z } from "zod";

const recorded = z.record(z.string(), z.object({ file: z.base64(), rgb: z.base64() })).parse(
  JSON.parse(Deno.readTextFileSync(new URL("../../fixtures/tensorflow_pixels.json", import.meta.url))),
);

export const [WIDTH, HEIGHT] = [12, 8];

export const DECODED = Object.entries(recorded).map(([what, { file, rgb }]) => ({
  what,
  file: new Uint8Array(inflateSync(Buffer.from(file, "base64"))),
  rgb: new Uint8Array(Buffer.from(rgb, "base64")),
}));
