import assert from "node:assert/strict";
import { type ByteImage, shrink } from "../../../src/data/dataset/shrink.ts";
import { demoImages } from "../../../src/data/demo/demo.ts";
import { in256Colours, nearestOf256 } from "../../../src/dashboard/drawing/colours_256.ts";

/** Returns the colour that terminals show for a number, as in xterm's 256colres.h. */
function shown(number: number): number[] {
  if (number >= 232) return Array<number>(3).fill(8 + 10 * (number - 232));
  const levels = [0, 95, 135, 175, 215, 255];
  const place = number - 16;
  return [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6].map((level) => levels[level] ?? NaN);
}

Deno.test("every colour of the palette is the nearest one to itself", () => {
  for (let number = 16; number < 256; number++) {
    const [red = 0, green = 0, blue = 0] = shown(number);
    assert.deepEqual(shown(nearestOf256([red, green, blue]).number), [red, green, blue], `${number}`);
  }
});

/** Returns the mean of each channel over blocks of 3×3, roughly what an eye sees from a distance. */
function blurred({ width, height, pixels }: ByteImage): number[] {
  const means: number[] = [];
  for (let y = 0; y + 3 <= height; y += 3) {
    for (let x = 0; x + 3 <= width; x += 3) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let dy = 0; dy < 3; dy++) {
          for (let dx = 0; dx < 3; dx++) sum += pixels[((y + dy) * width + x + dx) * 3 + channel] ?? NaN;
        }
        means.push(sum / 9);
      }
    }
  }
  return means;
}

Deno.test("images in 256 colours look like the originals from a distance", async () => {
  const { pixels, width, height, count } = await demoImages(20, 1, "train").read(0, 20);
  let [sum, blocks] = [0, 0];
  for (let index = 0; index < count; index++) {
    const bytes = Uint8Array.from(pixels.slice(index * width * height * 3, (index + 1) * width * height * 3));
    const image = shrink({ width, height, pixels: bytes }, 24);
    const drawn = in256Colours(image);
    const [before, after] = [blurred(image), blurred(drawn)];
    for (const [place, value] of before.entries()) sum += Math.abs(value - (after[place] ?? NaN));
    blocks += before.length;
    for (let at = 0; at < drawn.pixels.length; at += 3) {
      const [red = 0, green = 0, blue = 0] = drawn.pixels.subarray(at, at + 3);
      assert.deepEqual(shown(nearestOf256([red, green, blue]).number), [red, green, blue]);
    }
  }
  // Choosing the nearest colour alone has three times this error.
  assert.ok(sum / blocks < 4, `a mean of ${sum / blocks}`);
});
