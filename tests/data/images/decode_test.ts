import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { decodeImage } from "../../../src/data/images/decode.ts";
import { BrokenImageError } from "../../../src/data/images/decoders/image.ts";
import { PROJECT_ROOT } from "../../../src/paths.ts";
import { shared, sharedTest, withTemporaryFolder } from "../../support.ts";
import { bmp, gradient, heicFiles, image, tiff } from "./made_images.ts";

const DECODE = new URL("../../../src/data/images/decode.ts", import.meta.url).href;
const [WIDTH, HEIGHT] = [31, 17];
const RGB = gradient(WIDTH, HEIGHT);

interface Kept {
  readonly what: string;
  readonly file: () => Promise<Uint8Array> | Uint8Array;
  /** Returns the largest difference from the original pixels. */
  readonly within: number;
  readonly expected?: Uint8Array;
}

const grey = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, index) => (index * 7) % 256);
const greyAsRgb = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, index) => grey[Math.floor(index / 3)] ?? 0);
const greyRaw = { raw: { width: WIDTH, height: HEIGHT, channels: 1 } } as const;

/** Returns 16-bit channels whose upper eight bits are the image's. */
const wide = () => Uint16Array.from(RGB, (value) => value * 256 + 128);
const wideRaw = { raw: { width: WIDTH, height: HEIGHT, channels: 3 } } as const;
const LZW = { compression: "lzw" } as const;

const KEPT: readonly Kept[] = [
  { what: "a PNG", file: () => image(WIDTH, HEIGHT).png().toBuffer(), within: 0 },
  { what: "an interlaced PNG", file: () => image(WIDTH, HEIGHT).png({ progressive: true }).toBuffer(), within: 0 },
  {
    what: "a 16-bit PNG",
    file: () => sharp(wide(), wideRaw).toColourspace("rgb16").png().toBuffer(),
    within: 1,
  },
  { what: "a grey PNG", file: () => sharp(grey, greyRaw).png().toBuffer(), within: 0, expected: greyAsRgb },
  {
    what: "a grey JPEG",
    file: () => sharp(grey, greyRaw).jpeg({ quality: 100 }).toBuffer(),
    within: 3,
    expected: greyAsRgb,
  },
  {
    what: "a PNG with alpha, which is dropped as Keras drops it",
    file: () => image(WIDTH, HEIGHT).ensureAlpha(0.25).png().toBuffer(),
    within: 0,
  },
  { what: "a lossless WebP", file: () => image(WIDTH, HEIGHT).webp({ lossless: true }).toBuffer(), within: 0 },
  { what: "a GIF", file: () => image(WIDTH, HEIGHT).gif().toBuffer(), within: 24 },
  { what: "a TIFF", file: () => image(WIDTH, HEIGHT).tiff({ compression: "none" }).toBuffer(), within: 0 },
  { what: "a TIFF in tiles", file: () => image(WIDTH, HEIGHT).tiff({ ...LZW, tile: true }).toBuffer(), within: 0 },
  { what: "a BigTIFF", file: () => image(WIDTH, HEIGHT).tiff({ ...LZW, bigtiff: true }).toBuffer(), within: 0 },
  {
    what: "a grey TIFF",
    file: () => sharp(grey, greyRaw).tiff(LZW).toBuffer(),
    within: 0,
    expected: greyAsRgb,
  },
  {
    what: "a TIFF of 16 bits",
    file: () => sharp(wide(), wideRaw).toColourspace("rgb16").tiff(LZW).toBuffer(),
    within: 1,
  },
  { what: "an AVIF", file: () => image(WIDTH, HEIGHT).avif({ quality: 100 }).toBuffer(), within: 12 },
  {
    what: "an AVIF of 10 bits",
    file: () => image(WIDTH, HEIGHT).avif({ quality: 100, bitdepth: 10 }).toBuffer(),
    within: 12,
  },
  { what: "a BMP of 24 bits", file: () => bmp(WIDTH, HEIGHT), within: 0 },
  { what: "a BMP of 32 bits", file: () => bmp(WIDTH, HEIGHT, 32), within: 0 },
  { what: "a JPEG", file: () => image(WIDTH, HEIGHT).jpeg({ quality: 100 }).toBuffer(), within: 8 },
  {
    what: "a progressive JPEG",
    file: () => image(WIDTH, HEIGHT).jpeg({ quality: 100, progressive: true }).toBuffer(),
    within: 8,
  },
];

for (const { what, file, within, expected = RGB } of KEPT) {
  Deno.test(`${what} decodes to 8-bit RGB`, async () => {
    const { width, height, pixels } = await decodeImage(await file());
    assert.deepEqual([width, height, pixels.length], [WIDTH, HEIGHT, WIDTH * HEIGHT * 3]);
    const largest = pixels.reduce(
      (most, value, index) => Math.max(most, Math.abs(value - (expected[index] ?? NaN))),
      0,
    );
    assert.ok(largest <= within, `off by ${largest}`);
  });
}

Deno.test("the first frame of an animation is used", async () => {
  const frames = await Promise.all([0, 90].map((seed) => image(WIDTH, HEIGHT, seed).png().toBuffer()));
  for (const format of ["gif", "webp"] as const) {
    const animated = await sharp(frames, { join: { animated: true } }).toFormat(format, { lossless: true }).toBuffer();
    const { height, pixels } = await decodeImage(animated);
    assert.equal(height, HEIGHT, format);
    assert.ok(pixels.every((value, index) => Math.abs(value - (RGB[index] ?? 0)) <= 24), format);
  }
});

for (let orientation = 1; orientation <= 8; orientation++) {
  Deno.test(`EXIF orientation ${orientation} is applied`, async () => {
    const file = await image(WIDTH, HEIGHT).jpeg({ quality: 100 }).withMetadata({ orientation }).toBuffer();
    const { width, height, pixels } = await decodeImage(file);
    const turned = orientation >= 5;
    assert.deepEqual([width, height], turned ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT]);
    // The position of the image's original upper left corner.
    const right = [2, 3, 6, 7].includes(orientation);
    const down = [3, 4, 7, 8].includes(orientation);
    const at = ((down ? height - 1 : 0) * width + (right ? width - 1 : 0)) * 3;
    assert.ok([0, 1, 2].every((channel) => Math.abs((pixels[at + channel] ?? 0) - (RGB[channel] ?? 0)) < 12));
  });
}

Deno.test("a colour profile is ignored, as in Keras's loaders", async () => {
  const file = await image(WIDTH, HEIGHT).withIccProfile("p3").png().toBuffer();
  const stored = await sharp(file, { ignoreIcc: true }).raw().toBuffer();
  assert.deepEqual((await decodeImage(file)).pixels, new Uint8Array(stored));
});

async function reasonOf(bytes: Uint8Array): Promise<string> {
  try {
    await decodeImage(bytes);
  } catch (error) {
    assert.ok(error instanceof BrokenImageError, String(error));
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
  return "it decoded";
}

Deno.test("a file that is not an image is recognized by its content and refused, whatever its name", async () => {
  const encode = (text: string) => new TextEncoder().encode(text);
  assert.equal(await reasonOf(new Uint8Array()), "the file is empty");
  for (const other of ["hello", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "%PDF-1.7\n"]) {
    assert.match(await reasonOf(encode(other)), /^it is not a JPEG, PNG, GIF, WebP, TIFF, AVIF, HEIC or BMP/, other);
  }
});

const CUT: Readonly<Record<string, () => Promise<Uint8Array> | Uint8Array>> = {
  ...Object.fromEntries(
    (["jpeg", "png", "webp", "gif", "tiff", "avif"] as const).map((format) => [
      format,
      () => image(300, 200).toFormat(format, { quality: 90 }).toBuffer(),
    ]),
  ),
  heic: () => heicFiles()["orientation 6"] ?? new Uint8Array(),
};

for (const [format, make] of Object.entries(CUT)) {
  Deno.test(`a truncated ${format} is refused wherever it is cut`, async () => {
    const whole = new Uint8Array(await make());
    for (const share of [0.02, 0.3, 0.5, 0.9]) {
      const reason = await reasonOf(whole.subarray(0, Math.floor(whole.length * share)));
      assert.notEqual(reason, "it decoded", `${share}`);
    }
  });
}

for (const orientation of [3, 6, 8]) {
  Deno.test(`the orientation of a TIFF is applied: ${orientation}`, async () => {
    const upright = new Uint8Array(await image(WIDTH, HEIGHT).tiff(LZW).toBuffer());
    const turned = await image(WIDTH, HEIGHT).rotate({ 3: 180, 6: 90, 8: 270 }[orientation]).raw().toBuffer();
    const file = new Uint8Array(await image(WIDTH, HEIGHT).withMetadata({ orientation }).tiff(LZW).toBuffer());
    assert.notDeepEqual(file, upright);
    assert.deepEqual((await decodeImage(file)).pixels, new Uint8Array(turned));
  });
}

Deno.test("the first page of a TIFF is used", async () => {
  const pages = await Promise.all([0, 90].map((seed) => image(WIDTH, HEIGHT, seed).png().toBuffer()));
  const file = await sharp(pages, { join: { animated: true } }).tiff(LZW).toBuffer();
  const { height, pixels } = await decodeImage(file);
  assert.equal(height, HEIGHT);
  assert.deepEqual(pixels, RGB);
});

Deno.test("a TIFF whose samples have no fixed white is refused instead of clipped to black or white", async () => {
  const samples = Float32Array.from(grey, (value) => value / 255);
  assert.match(await reasonOf(tiff(samples)), /^TIFF: samples of type float are not supported/);
});

Deno.test("a BMP that is truncated or claims more data than it has is refused before memory is allocated", async () => {
  const whole = bmp(300, 200);
  for (const share of [0.0001, 0.001, 0.3, 0.9]) {
    assert.match(await reasonOf(whole.subarray(0, Math.ceil(whole.length * share))), /^(?:BMP|it is no)/, `${share}`);
  }
});

Deno.test("a raw photo, a TIFF that begins with a thumbnail, is refused instead of read as its thumbnail", async () => {
  const samples = new Float32Array(9);
  assert.match(await reasonOf(tiff(samples)), /^TIFF: samples of type float/);
  assert.match(await reasonOf(tiff(samples, 3, 1)), /^TIFF: it is a raw photo, .* Export it as JPEG$/);
  const canon = tiff(samples);
  canon.set([0x43, 0x52], 8);
  assert.match(await reasonOf(canon), /^TIFF: it is a raw photo/);
});

/** Files of a few bytes that claim to hold 30,000 × 30,000 pixels. */
const BOASTING: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  png: async () => {
    const file = new Uint8Array(await image(WIDTH, HEIGHT).png().toBuffer());
    const view = new DataView(file.buffer);
    // The IHDR chunk: width and height, and a checksum over its name and content.
    for (const at of [16, 20]) view.setUint32(at, CLAIMED);
    view.setUint32(29, crc32(file.subarray(12, 29)));
    return file;
  },
  jpeg: async () => {
    const file = new Uint8Array(await image(WIDTH, HEIGHT).jpeg().toBuffer());
    const frame = file.findIndex((byte, at) => byte === 0xff && file[at + 1] === 0xc0);
    for (const at of [frame + 5, frame + 7]) new DataView(file.buffer).setUint16(at, CLAIMED);
    return file;
  },
  gif: async () => {
    const file = new Uint8Array(await image(WIDTH, HEIGHT).gif().toBuffer());
    const frame = Buffer.from(file.buffer).indexOf(new Uint8Array([0x2c, 0, 0, 0, 0, WIDTH, 0, HEIGHT, 0]));
    for (const at of [6, 8, frame + 5, frame + 7]) new DataView(file.buffer).setUint16(at, CLAIMED, true);
    return file;
  },
  tiff: () => Promise.resolve(tiff(new Float32Array(1), CLAIMED)),
  avif: async () => boastingHeif(new Uint8Array(await image(WIDTH, HEIGHT).avif().toBuffer())),
  heic: () => Promise.resolve(boastingHeif(heicFiles()["orientation 1"] ?? new Uint8Array())),
  bmp: () => {
    const file = bmp(WIDTH, HEIGHT);
    for (const at of [18, 22]) new DataView(file.buffer).setInt32(at, CLAIMED, true);
    return Promise.resolve(file);
  },
};
const CLAIMED = 30_000;

/** In a HEIF file the `ispe` box holds the image's size, and `clap` the visible area. */
function boastingHeif(file: Uint8Array, cropped = false, side = CLAIMED): Uint8Array<ArrayBuffer> {
  const copy = file.slice();
  const buffer = Buffer.from(copy.buffer);
  const box = buffer.indexOf("ispe");
  for (const at of [box + 8, box + 12]) buffer.writeUInt32BE(side, at);
  if (!cropped && buffer.includes("clap")) buffer.write("skip", buffer.indexOf("clap"));
  return copy;
}

Deno.test("an AVIF too large for libvips is refused, and native code prints nothing", async () => {
  const file = boastingHeif(new Uint8Array(await image(WIDTH, HEIGHT).avif().toBuffer()), false, 2 ** 30);
  await withTemporaryFolder(async (folder) => {
    Deno.writeFileSync(join(folder, "big.avif"), file);
    const script = `const { decodeImage } = await import(${JSON.stringify(DECODE)});
      await decodeImage(Deno.readFileSync("big.avif")).catch(({ message }) => console.log(message));`;
    const args = ["eval", `--config=${join(PROJECT_ROOT, "deno.json")}`, script];
    const child = new Deno.Command(Deno.execPath(), { args, cwd: folder, env: { NO_COLOR: "1" } });
    const { stdout, stderr } = await child.output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assert.equal(text(stderr), "");
    assert.match(text(stdout), /^AVIF: 1073741824 × 1073741824 pixels/);
  });
});

Deno.test("a HEIC that shows a small part of too many pixels is refused with its size and the limit", async () => {
  const file = boastingHeif(heicFiles()["orientation 1"] ?? new Uint8Array(), true);
  assert.match(await reasonOf(file), /^HEIC: .*30000x30000.*268402689/);
});

for (const [format, make] of Object.entries(BOASTING)) {
  Deno.test(`a ${format} with more pixels than the limit is refused with its size before memory is allocated`, async () => {
    const file = await make();
    await decodeImage(new Uint8Array(await image(WIDTH, HEIGHT).png().toBuffer()));
    const before = Deno.memoryUsage().rss;
    assert.equal(
      await reasonOf(file),
      `${format.toUpperCase()}: 30000 × 30000 pixels (width × height) are more than the limit of 268,402,689 pixels. ` +
        "Make the image smaller",
    );
    const grown = Deno.memoryUsage().rss - before;
    assert.ok(grown < 100e6, `${grown} bytes`);
  });
}

Deno.test("JPEGs decode to exactly the bytes that Pillow gives: each kind of JPEG", async () => {
  const recorded: Record<string, { jpeg: string; sha256: string }> = JSON.parse(
    Deno.readTextFileSync(new URL("../../fixtures/pillow_jpegs.json", import.meta.url)),
  );
  assert.ok(Object.keys(recorded).length >= 6);
  for (const [kind, { jpeg, sha256 }] of Object.entries(recorded)) {
    const { pixels } = await decodeImage(Uint8Array.fromBase64(jpeg));
    assert.equal(createHash("sha256").update(pixels).digest("hex"), sha256, kind);
  }
});

Deno.test(sharedTest("JPEGs decode to exactly the bytes that Pillow gives: photographs", async () => {
  const recorded: Record<string, string> = JSON.parse(
    Deno.readTextFileSync(new URL("../../fixtures/pillow_pixels.json", import.meta.url)),
  );
  assert.ok(Object.keys(recorded).length >= 20);
  for (const [path, hash] of Object.entries(recorded)) {
    const { pixels } = await decodeImage(Deno.readFileSync(shared("data", "grocery10", "images", path)));
    assert.equal(createHash("sha256").update(pixels).digest("hex"), hash, path);
  }
}));

Deno.test("an image that cannot be decoded has the same reason whether it is decoded alone or beside others", async () => {
  const jpeg = await image(400, 300).jpeg().toBuffer();
  const png = await image(400, 300).png().toBuffer();
  const cut = Array.from({ length: 200 }, (_, index) => {
    const whole = index % 2 === 0 ? jpeg : png;
    return whole.subarray(0, 100 + Math.floor(((whole.length - 200) * index) / 200));
  });
  const reason = (file: Uint8Array) => decodeImage(file).then(() => "", (error: Error) => error.message);
  const alone: string[] = [];
  for (const file of cut) alone.push(await reason(file));
  assert.deepEqual(await Promise.all(cut.map(reason)), alone);
  assert.ok(!alone.includes(""));
});
