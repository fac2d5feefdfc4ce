import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { BASE_NAMES, bases } from "../../src/bases/bases.ts";
import { describe, type LayerRow } from "../../src/model/layers.ts";
import { parameterTotals } from "../../src/model/parameters.ts";
import { kerasBases } from "../model/bases_fixture.ts";

/** Returns a row of the summary as make_bases.py writes it. */
function line({ name, type, outputShape, parameters, connectedTo }: LayerRow): string {
  return `${name} ${type} ${outputShape.slice(1)} ${parameters} ${connectedTo}\n`;
}

Deno.test("every base is compared with Keras, but for SqueezeNet, which keras.applications does not have", () => {
  const compared = new Set<string>(kerasBases.map(({ base }) => base));
  assert.deepEqual(BASE_NAMES.filter((name) => !compared.has(name)), ["squeezenet11"]);
});

Deno.test("every base of keras.applications has the rows of Keras's summary, at even and odd sizes", () => {
  for (const { base, published, parameters, rows } of kerasBases) {
    for (const { size, pooling, sha256 } of rows) {
      const found = describe(bases[base].layers(size, pooling, published));
      const hash = createHash("sha256").update(found.map(line).join("")).digest("hex");
      assert.equal(hash, sha256, `${base} at ${size}, ${pooling}`);
      assert.equal(parameterTotals(found).total, parameters, base);
    }
  }
});
