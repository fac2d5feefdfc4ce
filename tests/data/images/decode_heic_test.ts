import assert from "node:assert/strict";
import { decodeImage } from "../../../src/data/images/decode.ts";
import type { Image } from "../../../src/data/images/decoders/image.ts";
import { HEIC_QUARTERS as QUARTERS, heicFiles, heicWithPng } from "./made_images.ts";

const GREYS = QUARTERS.map(([red, green, blue]) => Math.round(0.299 * red + 0.587 * green + 0.114 * blue));

function quarters({ width, height, pixels }: Image): number[][] {
  return [[1, 1], [3, 1], [1, 3], [3, 3]].map(([right = 0, down = 0]) => {
    const at = (Math.floor(height * down / 4) * width + Math.floor(width * right / 4)) * 3;
    return [...pixels.subarray(at, at + 3)];
  });
}

function assertNear(found: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void {
  const wanted = expected.flat();
  const near = found.flat().every((value, index) => Math.abs(value - (wanted[index] ?? NaN)) <= 8);
  assert.ok(near, `${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}

// The quarters after each container's rotation, clockwise from the upper left.
const [upperLeft, upperRight, lowerLeft, lowerRight] = QUARTERS;
const TURNED: Readonly<Record<string, { size: [number, number]; expected: readonly (readonly number[])[] }>> = {
  "orientation 1": { size: [48, 32], expected: QUARTERS },
  "orientation 3": { size: [48, 32], expected: [lowerRight, lowerLeft, upperRight, upperLeft] },
  "orientation 6": { size: [32, 48], expected: [lowerLeft, upperLeft, lowerRight, upperRight] },
  "orientation 8": { size: [32, 48], expected: [upperRight, lowerRight, upperLeft, lowerLeft] },
};

for (const [name, { size, expected }] of Object.entries(TURNED)) {
  Deno.test(`a HEIC is rotated as its container says, and not once more for its EXIF orientation: ${name}`, async () => {
    const image = await decodeImage(heicFiles()[name] ?? new Uint8Array());
    assert.deepEqual([image.width, image.height, image.pixels.length], [...size, 48 * 32 * 3]);
    assertNear(quarters(image), expected);
  });
}

for (const name of ["alpha", "full chroma", "the second of two images"]) {
  Deno.test(`a HEIC decodes to the RGB of its primary image: ${name}`, async () => {
    const image = await decodeImage(heicFiles()[name] ?? new Uint8Array());
    assert.deepEqual([image.width, image.height], [48, 32]);
    assertNear(quarters(image), QUARTERS);
  });
}

Deno.test("a grey HEIC becomes RGB", async () => {
  const image = await decodeImage(heicFiles()["grey"] ?? new Uint8Array());
  assertNear(quarters(image), GREYS.map((grey) => [grey, grey, grey]));
});

Deno.test("many HEICs are decoded at once, each to its own pixels", async () => {
  const names = ["orientation 1", "orientation 6", "grey"];
  const alone = [];
  for (const name of names) alone.push(await decodeImage(heicFiles()[name] ?? new Uint8Array()));
  const together = await Promise.all(names.map((name) => decodeImage(heicFiles()[name] ?? new Uint8Array())));
  assert.deepEqual(together, alone);
});

for (const [name, { heic, png }] of Object.entries(heicWithPng())) {
  Deno.test(`a HEIC with fine structure decodes upright to the pixels that libheif gives: ${name}`, async () => {
    const [found, expected] = [await decodeImage(heic), await decodeImage(png)];
    assert.deepEqual([found.width, found.height], [expected.width, expected.height]);
    const differences = found.pixels.map((value, at) => Math.abs(value - (expected.pixels[at] ?? NaN)));
    // Versions of libheif differ by rounding in a few places.
    assert.ok(Math.max(...differences) <= 2, `off by ${Math.max(...differences)}`);
  });
}
