import assert from "node:assert/strict";
import { precisionWords, type Rounding, roundingText } from "../../../src/features/base/rounding.ts";

const cases: readonly (readonly [Rounding, string, words: string, differs: boolean])[] = [
  [
    { share: 0.892, error: 0.0173, refused: null },
    "net: 89 % of its arithmetic is in bfloat16, which changes its features by up to 1.73 % of the largest.",
    "bfloat16",
    false,
  ],
  [
    { share: 0.45, error: 0.01181, refused: { share: 0.892, error: 0.0512, limit: 0.02 } },
    "net is computed partly in float32: with 89 % of its arithmetic in bfloat16, its features would change by up to " +
    "5.12 % of the largest (the limit is 2 %). Now 45 % is in bfloat16, and they change by up to 1.18 % of the largest.",
    "45 % bfloat16",
    true,
  ],
  [
    { share: 0, error: 0, refused: { share: 0.343, error: 0.1573, limit: 0.0125 } },
    "net is computed in float32, not in bfloat16: with 34 % of its arithmetic in bfloat16, its features would change " +
    "by up to 16 % of the largest (the limit is 1.25 %), and less bfloat16 would bring little speed.",
    "float32, not bfloat16",
    true,
  ],
  [
    { share: 0, error: 0, refused: { share: 0.5, error: null, limit: 0.0125 } },
    "net is computed in float32, not in bfloat16: with 50 % of its arithmetic in bfloat16, its features would not be " +
    "finite, and less bfloat16 would bring little speed.",
    "float32, not bfloat16",
    true,
  ],
];

for (const [rounding, text, words, differs] of cases) {
  Deno.test(`a base of which ${rounding.share} is in bfloat16 says so in one line, with the figure: ${words}`, () => {
    assert.deepEqual(roundingText("net", rounding), { text, differs });
    assert.equal(precisionWords(rounding), words);
  });
}
