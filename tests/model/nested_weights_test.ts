import assert from "node:assert/strict";
import { nestedWeights } from "../../src/model/nested_weights.ts";

/** A layer of a nested model with a kernel, and with statistics if it has two weights. */
function member(layer: string, trainable: boolean, weights: readonly boolean[]) {
  const place = { layer, group: "inner", nested: true, trainable, path: "" };
  return { name: layer.replaceAll("/", "_"), place, weights: weights.map((trainable) => ({ trainable })) };
}

function assigned(names: readonly string[], members: readonly ReturnType<typeof member>[]) {
  const group = { name: "inner", weights: names.map((name) => ({ name, shape: [] })) };
  return nestedWeights(group, members).map(({ name, weights }) => [name, ...weights.map(({ name }) => name)]);
}

const FROZEN = member("frozen", false, [true]);
const NORM = member("block/bn", true, [true, false]);
const CONV = member("conv", true, [true]);

Deno.test("weights of a nested model belong to the layers in their names, in whatever order they are", () => {
  const names = ["outer/block/bn/gamma:0", "conv/kernel:0", "frozen/kernel:0", "outer/block/bn/moving_mean:0"];
  assert.deepEqual(assigned(names, [FROZEN, NORM, CONV]), [
    ["frozen", "frozen/kernel:0"],
    ["block_bn", "outer/block/bn/gamma:0", "outer/block/bn/moving_mean:0"],
    ["conv", "conv/kernel:0"],
  ]);
});

Deno.test("weights without their layers' names are in Keras's order: trainable ones first", () => {
  const names = ["gamma_1", "kernel_2", "kernel_1", "mean_1"];
  assert.deepEqual(assigned(names, [FROZEN, NORM, CONV]), [
    ["frozen", "kernel_1"],
    ["block_bn", "gamma_1", "mean_1"],
    ["conv", "kernel_2"],
  ]);
});

Deno.test("weights that cannot be assigned are refused", () => {
  assert.throws(
    () => assigned(["a", "b"], [FROZEN, NORM, CONV]),
    /the weights in inner do not tell their layers\. Save/,
  );
});
