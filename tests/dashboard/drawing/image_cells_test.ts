import assert from "node:assert/strict";
import { imageLines, type ImageRun } from "../../../src/dashboard/drawing/image_cells.ts";

const [RED, BLUE, WHITE, BLACK] = [[255, 0, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0]] as const;

function image(width: number, colours: readonly (readonly number[])[]) {
  return { width, height: colours.length / width, pixels: Uint8Array.from(colours.flat()) };
}

const textOf = (lines: readonly (readonly ImageRun[])[]) => lines.map((runs) => runs.map(({ text }) => text).join(""));

Deno.test("two pixels share a character: the upper one in the text colour, the lower one in the background", () => {
  const lines = imageLines(image(2, [RED, RED, BLUE, BLUE]), 2, "halves");
  assert.deepEqual(lines, [[{ text: "▀▀", colour: [...RED], ground: [...BLUE] }]]);
});

Deno.test("two equal pixels are a space on their colour, and equal neighbours form one run", () => {
  const lines = imageLines(image(2, [RED, BLUE, RED, BLUE]), 2, "halves");
  assert.deepEqual(lines, [[
    { text: " ", colour: null, ground: [...RED] },
    { text: " ", colour: null, ground: [...BLUE] },
  ]]);
});

Deno.test("an image that is not square is centred with its proportions kept", () => {
  const wide = imageLines(image(4, [RED, RED, RED, RED]), 4, "halves");
  assert.deepEqual(textOf(wide), ["▀▀▀▀", "    "]);
  const tall = imageLines(image(1, [RED, RED, RED, RED]), 4, "grounds");
  assert.deepEqual(tall.map((runs) => runs.map(({ ground, text }) => [text, ground !== null])), [
    [[" ", false], [" ", true], ["  ", false]],
    [[" ", false], [" ", true], ["  ", false]],
  ]);
});

Deno.test("without half blocks the background of a character is the mean of its two pixels", () => {
  const lines = imageLines(image(1, [RED, BLUE]), 2, "grounds");
  assert.deepEqual(lines, [[{ text: " ", colour: null, ground: [128, 0, 128] }, {
    text: " ",
    colour: null,
    ground: null,
  }]]);
});

Deno.test("without colours brighter pixels get more ink", () => {
  const greys = [0, 90, 170, 255].map((value) => [value, value, value]);
  assert.deepEqual(textOf(imageLines(image(4, [...greys, ...greys]), 4, "shades")), [" -*@", "    "]);
  assert.deepEqual(textOf(imageLines(image(2, [WHITE, BLACK, BLACK, BLACK]), 2, "shades")), ["+ "]);
});

Deno.test("every line is as wide as the side, whatever the image's size", () => {
  for (const [width, height] of [[64, 64], [5, 24], [24, 5], [1, 1], [23, 17]] as const) {
    const pixels = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 37) % 256);
    for (const style of ["halves", "grounds", "shades"] as const) {
      const lines = textOf(imageLines({ width, height, pixels }, 16, style));
      assert.deepEqual(lines.map((line) => [...line].length), Array(8).fill(16));
    }
  }
});
