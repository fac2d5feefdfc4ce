import assert from "node:assert/strict";
import { Chalk } from "chalk";
import { coloursAt } from "../../../src/dashboard/drawing/palette.ts";

const COLOURS = coloursAt(3);

type Rgb = readonly [red: number, green: number, blue: number];

/** Returns linear light, 0 to 1 (IEC 61966-2-1). */
function linear(hex: string): Rgb {
  const channel = (from: number) => {
    const value = parseInt(hex.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Returns the contrast ratio of WCAG 2.2. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(linear(one)), luminance(linear(other))].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

for (const [ground, colour] of [["white", "#ffffff"], ["Solarized light", "#fdf6e3"], ["black", "#000000"]] as const) {
  Deno.test(`every colour has a contrast of at least 3 with ${ground}`, () => {
    for (const [name, shown] of Object.entries(COLOURS)) {
      const ratio = contrast(shown, colour);
      assert.ok(ratio >= 3, `${name} ${shown}: ${ratio.toFixed(2)}`);
    }
  });
}

/** Colour vision as in Machado, Oliveira and Fernandes 2009, severity 1, as matrices on linear light. */
const EYES: Readonly<Record<string, readonly Rgb[]>> = {
  "full colour vision": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

function seen([red, green, blue]: Rgb, matrix: readonly Rgb[]): Rgb {
  const [r = 0, g = 0, b = 0] = matrix.map(([x, y, z]) => Math.min(1, Math.max(0, x * red + y * green + z * blue)));
  return [r, g, b];
}

/** Converts linear light to CIE L*a*b*, D65. */
function lab([red, green, blue]: Rgb): Rgb {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047);
  const y = f(0.2126 * red + 0.7152 * green + 0.0722 * blue);
  const z = f((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Returns ΔE of 1976: 2 is barely noticeable, 10 is noticeable at a glance. */
function difference(one: string, other: string, matrix: readonly Rgb[]): number {
  const [a, b] = [lab(seen(linear(one), matrix)), lab(seen(linear(other), matrix))];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

for (const [eyes, matrix] of Object.entries(EYES)) {
  Deno.test(`with ${eyes} training, validation and another run can be told apart at a glance`, () => {
    for (
      const [one, other] of [["training", "validation"], ["training", "beside"], ["validation", "beside"]] as const
    ) {
      const far = difference(COLOURS[one], COLOURS[other], matrix);
      assert.ok(far >= 20, `${one} and ${other}: ${far.toFixed(1)}`);
    }
  });
}

Deno.test("on 16 colours training, validation, another run and errors differ, and each is visible on black and white", () => {
  const chalk = new Chalk({ level: 1 });
  const code = (hex: string) => Number(/\[(\d+)m/.exec(chalk.hex(hex)("x"))?.[1]);
  const { training, validation, beside, bad, attention } = coloursAt(1);
  // Bright blue, yellow, bright magenta, red.
  assert.deepEqual([training, validation, beside, bad].map(code), [94, 33, 95, 31]);
  assert.equal(attention, validation);
});
