import assert from "node:assert/strict";
import { benchOptions } from "./options.ts";

const SECTIONS = ["features", "head"];

Deno.test("without flags the bench runs three rounds of all sections with Keras and prints a table", () => {
  assert.deepEqual(benchOptions([], SECTIONS), {
    pairs: 3,
    only: null,
    keras: true,
    json: false,
    quick: false,
    long: false,
  });
});

Deno.test("sections are separated by commas, and quick means one round", () => {
  const options = benchOptions(["--only", "head, features", "--no-keras", "--pairs", "7"], SECTIONS);
  assert.deepEqual([options.only, options.keras, options.pairs], [["head", "features"], false, 7]);
  assert.equal(benchOptions(["--quick", "--pairs", "7"], SECTIONS).pairs, 1);
});

Deno.test("unusable arguments are refused in one line with a similar name", () => {
  assert.throws(() => benchOptions(["--only", "heads"], SECTIONS), /--only heads: .*did you mean head\?/);
  assert.throws(() => benchOptions(["--only", ","], SECTIONS), /--only: name at least one of features, head/);
  assert.throws(() => benchOptions(["--pairs", "0"], SECTIONS), /--pairs 0: must be a whole number above 0/);
  assert.throws(() => benchOptions(["--pair", "2"], SECTIONS), /--pairs/);
});
