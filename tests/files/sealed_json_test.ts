import assert from "node:assert/strict";
import { sealedJson, sealOf } from "../../src/files/sealed_json.ts";

const VALUE = { version: 2, classes: ["a", '"seal": "b"', "ü"], files: { "x.bin": { bytes: 1 } } };

Deno.test("a sealed file is plain JSON that holds the value and its seal", () => {
  const { seal, ...rest } = JSON.parse(sealedJson(VALUE));
  assert.deepEqual(rest, VALUE);
  assert.match(seal, /^[0-9a-f]{64}$/);
  assert.equal(sealOf(sealedJson(VALUE)), "right");
  assert.equal(sealOf(JSON.stringify(VALUE)), "missing");
});

Deno.test("a sealed file with any bit flipped or cut anywhere does not have a valid seal", () => {
  const bytes = new TextEncoder().encode(sealedJson(VALUE));
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = bytes.map((byte, index) => index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte);
    assert.notEqual(sealOf(new TextDecoder().decode(flipped)), "right", `bit ${bit}`);
  }
  for (let length = 0; length < bytes.length; length++) {
    assert.notEqual(sealOf(new TextDecoder().decode(bytes.subarray(0, length))), "right", `cut at ${length}`);
  }
});
