import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { z } from "zod";
import { decodeBmp } from "../../../src/data/images/decoders/decode_bmp.ts";
import { BrokenImageError } from "../../../src/data/images/decoders/image.ts";

const recorded = z.record(
  z.string(),
  z.object({ bmp: z.base64(), rgb: z.base64().nullable(), size: z.tuple([z.int(), z.int()]).default([13, 5]) }),
).parse(
  JSON.parse(Deno.readTextFileSync(new URL("../../fixtures/bmp_pixels.json", import.meta.url))),
);

for (const [what, { bmp, rgb, size }] of Object.entries(recorded)) {
  const bytes = new Uint8Array(Buffer.from(bmp, "base64"));
  if (rgb === null) {
    Deno.test(`a BMP that Pillow refuses is refused with the reason: ${what}`, () => {
      assert.throws(() => decodeBmp(bytes), (error) => {
        assert.ok(error instanceof BrokenImageError, String(error));
        assert.match(error.message, /^BMP: /);
        return true;
      });
    });
  } else {
    Deno.test(`a BMP decodes to exactly the bytes that Pillow gives: ${what}`, () => {
      const { width, height, pixels } = decodeBmp(bytes);
      assert.deepEqual([width, height], size);
      assert.equal(Buffer.from(pixels).toString("base64"), rgb);
    });
  }
}

Deno.test("a run-length BMP of a few bytes that claims a large image is refused before memory is allocated", () => {
  const [name, { bmp }] = Object.entries(recorded).find(([name]) => name === "RLE8, pixels left out") ?? assert.fail();
  const bytes = new Uint8Array(Buffer.from(bmp, "base64"));
  assert.doesNotThrow(() => decodeBmp(bytes), name);
  const view = new DataView(bytes.buffer);
  view.setInt32(18, 15_000, true);
  view.setInt32(22, 15_000, true);
  assert.throws(() => decodeBmp(bytes), /^Error: BMP: 15000 × 15000 pixels are too many for \d+ bytes of run lengths$/);
});
