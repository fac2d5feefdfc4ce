/** Compares single layers with Keras's (tests/fixtures/model/kinds.json), for the tests of both engines. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import type { LayerKind, LayerSpec } from "../../src/bases/layer_spec.ts";
import type { Tf } from "../../src/engine/engine.ts";
import { computeLayer, tensorsOf } from "../../src/model/build.ts";
import { describe } from "../../src/model/layers.ts";
import { assertNear, keepsNoTensor } from "./features.ts";
import { formulaInput, formulaWeights } from "./formula_weights.ts";
import { FIXTURES } from "./parity_fixture.ts";

const schema = z.object({
  cases: z.array(z.object({
    spec: z.custom<LayerKind>((value) => z.looseObject({ type: z.string() }).safeParse(value).success),
    inputs: z.array(z.array(z.int())),
    shape: z.array(z.int()),
    parameters: z.int(),
    output: z.base64().transform((text) => new Float32Array(Uint8Array.fromBase64(text).buffer)),
  })),
});

export const kerasKinds = schema.parse(JSON.parse(Deno.readTextFileSync(join(FIXTURES, "kinds.json")))).cases;

/** The largest difference, relative to the largest value: float32's rounding, and series for exp and erf. */
const TOLERANCE = 1e-5;

/** Asserts Keras's output shape, parameters and output for one layer. */
export async function assertKind(
  tf: Tf,
  { spec: kind, inputs, shape, parameters, output }: (typeof kerasKinds)[number],
): Promise<void> {
  const names = inputs.map((_, index) => `input${index}`);
  const spec: LayerSpec = { name: "layer", inputs: names, trainable: true, ...kind };
  const layers: LayerSpec[] = [
    ...inputs.map((shape, index) =>
      ({ name: `input${index}`, type: "InputLayer", inputs: [], trainable: false, shape }) as const
    ),
    spec,
  ];
  const row = describe(layers).at(-1);
  assert.deepEqual(row?.outputShape, [null, ...shape]);
  assert.equal(row.parameters, parameters);
  await keepsNoTensor(tf, () => {
    const given = inputs.map((shape, index) => tf.tensor(formulaInput(shape, index), [1, ...shape]));
    const weights = tensorsOf(tf, formulaWeights(layers)[0]);
    const found = computeLayer(tf, spec, given, weights);
    assert.deepEqual(found.shape, [1, ...shape]);
    assertNear(Float32Array.from(found.dataSync()), output, TOLERANCE);
    tf.dispose([...given, ...weights.values(), found]);
  });
}
