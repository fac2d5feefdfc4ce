import assert from "node:assert/strict";
import { nameOfInput } from "../../../src/features/base/base_graph.ts";
import { measuredKind } from "../../../src/features/base/measure_bfloat16.ts";
import { plainInputs } from "../../../src/features/base/plain_graphs.ts";

Deno.test("a graph is recorded once where the images are of the kind on which bfloat16 is measured", async () => {
  const calls = {
    kind: await measuredKind(),
    shapes: [{ batch: 4, lanes: 1 }, { batch: 8, lanes: 1 }, { batch: 4, lanes: 2 }],
  } as const;
  const names = (await plainInputs({ precision: "bfloat16" }, calls)).map(nameOfInput);
  assert.deepEqual(names, ["4x64x64xuint8", "8x64x64xuint8"]);
});

Deno.test("other images than the measured ones have a graph of their own", async () => {
  const calls = { kind: { height: 160, width: 160, dtype: "uint8" }, shapes: [{ batch: 4, lanes: 1 }] } as const;
  assert.deepEqual((await plainInputs({ precision: "float32" }, calls)).map(nameOfInput), ["4x160x160xuint8"]);
  const inBfloat16 = (await plainInputs({ precision: "bfloat16" }, calls)).map(nameOfInput);
  assert.deepEqual(inBfloat16, ["4x160x160xuint8", "4x64x64xuint8"]);
});
