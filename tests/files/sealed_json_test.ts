import assert from "node:assert/strict";
import { canonicalJson, openSealedJson, sealJson } from "../../src/files/sealed_json.ts";
import { bytesFlipped, cuts, everyBitFlipped, places } from "../damage.ts";

const VALUE = { v: 2, name: "größe", list: [1, 2.5, null, { b: true, a: "x" }], modified: 1795691463152.25 };
const TEXT = new TextEncoder().encode(sealJson(VALUE, "place"));

Deno.test("a sealed document gives back what was sealed, with keys in any order", () => {
  assert.deepEqual(openSealedJson(TEXT, "place"), VALUE);
  const { v, ...rest } = VALUE;
  assert.equal(sealJson({ ...rest, v }, "place"), new TextDecoder().decode(TEXT));
});

Deno.test("canonical JSON depends on the value alone", () => {
  assert.equal(canonicalJson({ b: [{ d: 1, c: undefined }], a: "ä" }), '{"a":"ä","b":[{"d":1}]}');
});

Deno.test("a sealed document with any bit flipped, any byte changed or its end missing is never taken", () => {
  const all = [...everyBitFlipped(TEXT), ...bytesFlipped(TEXT, places(TEXT.length)), ...cuts(TEXT)];
  const taken = all.filter(({ bytes }) => openSealedJson(bytes, "place") !== null);
  assert.deepEqual(taken.map(({ what }) => what), []);
});

Deno.test("a sealed document is not taken under another name, and neither is one that only means the same", () => {
  assert.equal(openSealedJson(TEXT, "another place"), null);
  const compact = JSON.stringify(JSON.parse(new TextDecoder().decode(TEXT)));
  for (const text of [compact, `${new TextDecoder().decode(TEXT)} `, `\ufeff${new TextDecoder().decode(TEXT)}`]) {
    assert.equal(openSealedJson(new TextEncoder().encode(text), "place"), null);
  }
  for (const text of ["", "null", "[]", "1", "{}", '{"seal":"x"}']) {
    assert.equal(openSealedJson(new TextEncoder().encode(text), "place"), null);
  }
});
