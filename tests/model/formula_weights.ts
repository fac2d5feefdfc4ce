/**
 * Weights and images that need no file: small whole numbers from a hash of their position, scaled so that features are
 * well-conditioned. tests/fixtures/model/formula.py makes the same ones, bit for bit, for Keras.
 */
import { openDemo } from "../../src/data/demo/demo.ts";
import type { ImageBatch } from "../../src/data/dataset/dataset.ts";
import type { LayerSpec, Shape } from "../../src/bases/layer_spec.ts";
import { describe, sizeOf, type WeightSpec } from "../../src/model/layers.ts";
import type { WeightRole } from "../../src/model/kinds/kind.ts";
import type { LayerWeights } from "../../src/model/weights.ts";

/** Returns weights for every layer of the list that has any. */
export function formulaWeights(specs: readonly LayerSpec[]): LayerWeights[] {
  return describe(specs).filter((row) => row.weights.length > 0).map(({ name, weights }, layer) => ({
    name,
    weights: weights.map((weight, place) => ({ ...weight, data: values(weight, layer * 8 + place) })),
  }));
}

/** Returns eight images of the demo set. */
export function parityImages(): Promise<ImageBatch> {
  return openDemo().train.read(0, 8);
}

/** Returns quarters from -2 to 2, for layers that are computed by themselves. */
export function formulaInput(shape: Shape, stream: number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, index) => (hash(index, stream) % 17 - 8) / 4);
}

function values({ role, shape, fanIn = 1 }: WeightSpec, stream: number): Float32Array {
  const scale = scaleOf(role, fanIn);
  return Float32Array.from({ length: sizeOf(shape) }, (_, index) => scale(hash(index, stream)));
}

function scaleOf(role: WeightRole, fanIn: number): (hash: number) => number {
  const step = Math.fround(Math.sqrt(2 / fanIn) / 4);
  switch (role) {
    case "kernel":
      return (hash) => (hash % 15 - 7) * step;
    case "gamma":
      return (hash) => (5 + hash % 7) / 8;
    case "variance":
      return (hash) => (5 + hash % 11) / 8;
    case "count":
      return () => 0;
    default:
      return (hash) => (hash % 9 - 4) / 16;
  }
}

/** Returns a well-mixed uint32 hash of index and stream. */
export function hash(index: number, stream: number): number {
  let mixed = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

// When run as a program, this file writes the images' raw bytes for make_parity.py.
if (import.meta.main) {
  const [path] = Deno.args;
  if (!path) throw new Error("usage: formula_weights.ts FILE");
  await Deno.writeFile(path, new Uint8Array((await parityImages()).pixels));
}
