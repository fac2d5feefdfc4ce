/** Derives output shapes, weights and arithmetic from a list of layers by Keras's rules, without tfjs. */
import type { LayerSpec, LayerType, Shape } from "../bases/layer_spec.ts";
import { sizeOf, type WeightSpec } from "./kinds/kind.ts";
import { kindOf } from "./kinds/kinds.ts";

export { sizeOf, type WeightSpec } from "./kinds/kind.ts";

/** A layer with its output shape, weights and parameter counts. */
export interface LayerRow {
  readonly name: string;
  readonly type: LayerType;
  /** The shape with the batch dimension first, which is null. */
  readonly outputShape: readonly (number | null)[];
  /** The layer's weights in Keras's order. */
  readonly weights: readonly WeightSpec[];
  readonly parameters: number;
  readonly trainableParameters: number;
  /** The multiply-adds of the layer's kernels for one image. */
  readonly macs: number;
  readonly connectedTo: readonly string[];
}

/**
 * Returns the output shape and weights of every layer.
 *
 * Each layer must come after its inputs, and names must be unique. Any other list is a programming error and throws.
 */
export function describe(specs: readonly LayerSpec[]): LayerRow[] {
  const shapes = new Map<string, Shape>();
  return specs.map((spec) => {
    if (shapes.has(spec.name)) throw new Error(`two layers have the name ${spec.name}`);
    const inputs = spec.inputs.map((name) => {
      const shape = shapes.get(name);
      if (!shape) throw new Error(`layer ${spec.name} takes its input from ${name}, which must come before it`);
      return shape;
    });
    const { shape, weights = [], macs = 0 } = kindOf(spec.type).facts(spec, inputs);
    if (shape.some((extent) => extent < 1)) throw new Error(`layer ${spec.name} has an empty output: ${shape}`);
    shapes.set(spec.name, shape);
    return {
      name: spec.name,
      type: spec.type,
      outputShape: [null, ...shape],
      weights,
      parameters: count(weights),
      trainableParameters: count(weights.filter((weight) => weight.trainable)),
      macs,
      connectedTo: spec.inputs,
    };
  });
}

function count(weights: readonly WeightSpec[]): number {
  return weights.reduce((sum, weight) => sum + sizeOf(weight.shape), 0);
}
