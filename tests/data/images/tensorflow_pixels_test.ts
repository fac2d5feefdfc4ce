import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { decodeImage } from "../../../src/data/images/decode.ts";
import { decoderVersion } from "../../../src/data/images/decoder_version.ts";
import { BrokenImageError } from "../../../src/data/images/decoders/image.ts";
import { JpegHeader } from "../../../src/data/images/decoders/jpeg_header.ts";
import { FileHasher, formatIn, hashOf } from "../../../src/data/images/hash.ts";
import { withTemporaryFolder } from "../../support.ts";
import { gradient, image } from "./made_images.ts";
import { DECODED, HEIGHT, WIDTH } from "./tensorflow_pixels.ts";

for (const { what, file, rgb } of DECODED) {
  Deno.test(`Headlight decodes exactly the pixels that TensorFlow decodes: ${what}`, async () => {
    const { width, height, pixels } = await decodeImage(file);
    assert.deepEqual([width, height], [WIDTH, HEIGHT]);
    assert.deepEqual(pixels, rgb);
  });
}

const CMYK = DECODED.filter(({ what }) => /CMYK|YCCK/.test(what));

Deno.test("CMYK JPEGs have keys of their own, so that no features of their old colors are found", async () => {
  assert.equal(CMYK.length, 4);
  await withTemporaryFolder(async (folder) => {
    for (const { what, file } of CMYK) {
      assert.equal(formatIn(hashOf(file)), "cmyk", what);
      // A hasher reads the file in pieces, which may end within a marker.
      await Deno.writeFile(join(folder, "file"), file);
      assert.equal(await new FileHasher().hash(join(folder, "file")), hashOf(file), what);
    }
  });
  assert.notEqual(decoderVersion("cmyk"), decoderVersion("jpeg"));
  for (const made of [image(9, 9).jpeg(), image(9, 9).greyscale().jpeg(), image(9, 9).jpeg({ progressive: true })]) {
    assert.equal(formatIn(hashOf(await made.toBuffer())), null);
  }
});

Deno.test("the markers of a JPEG are understood wherever its bytes are divided, and with bytes between them", () => {
  const [{ file } = assert.fail()] = CMYK;
  for (let at = 0; at < 60; at++) {
    const header = new JpegHeader();
    header.push(file.subarray(0, at));
    header.push(file.subarray(at));
    assert.equal(header.cmyk, "inverted", `divided at ${at}`);
  }
  const between = new JpegHeader();
  between.push(Uint8Array.of(0xff, 0xd8, 0, 7, 0xff, 0xff, 0xff, 0x00, 0xff));
  between.push(file.subarray(2));
  assert.equal(between.cmyk, "inverted");
  const cut = new JpegHeader();
  cut.push(file.subarray(0, 40));
  assert.equal(cut.cmyk, null);
});

Deno.test("a CMYK JPEG ignores its profile, is turned upright, and is refused if it is cut short", async () => {
  const ink = (orientation?: number) => {
    const made = sharp(gradient(32, 24), { raw: { width: 32, height: 24, channels: 3 } }).toColourspace("cmyk");
    return (orientation === undefined ? made.withIccProfile("cmyk") : made.withMetadata({ orientation })).jpeg();
  };
  const { width, height } = await decodeImage(await ink(6).toBuffer());
  assert.deepEqual([width, height], [24, 32]);
  const profiled = await ink().toBuffer();
  const bare = withoutProfile(profiled);
  assert.ok((await sharp(profiled).metadata()).icc && !(await sharp(bare).metadata()).icc);
  assert.deepEqual(await decodeImage(profiled), await decodeImage(bare));
  await assert.rejects(decodeImage(bare.subarray(0, bare.length - 60)), BrokenImageError);
});

/** Returns a JPEG without its APP2 segments, which contain the profile. */
function withoutProfile(jpeg: Uint8Array): Uint8Array {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset);
  const kept = [...jpeg.subarray(0, 2)];
  let at = 2;
  for (let marker = view.getUint16(at); marker !== 0xffda; marker = view.getUint16(at)) {
    const end = at + 2 + view.getUint16(at + 2);
    if (marker !== 0xffe2) kept.push(...jpeg.subarray(at, end));
    at = end;
  }
  return Uint8Array.of(...kept, ...jpeg.subarray(at));
}
