/** Derives output shapes and parameter counts from a list of layers by Keras's rules, without tfjs. */
import { at } from "../at.ts";
import type { LayerSpec, Padding, Shape } from "../bases/layer_spec.ts";

/** The name and shape of a weight. */
export interface WeightSpec {
  /** Keras's name, for example kernel or moving_mean. */
  readonly name: string;
  readonly shape: Shape;
  readonly trainable: boolean;
}

/** A layer with its output shape, weights and parameter counts. */
export interface LayerRow {
  readonly name: string;
  readonly type: LayerSpec["type"];
  /** The shape with the batch dimension first, which is null. */
  readonly outputShape: readonly (number | null)[];
  /** The layer's weights in Keras's order. */
  readonly weights: readonly WeightSpec[];
  readonly parameters: number;
  readonly trainableParameters: number;
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
    const output = outputShape(spec, inputs);
    if (output.some((extent) => extent < 1)) throw new Error(`layer ${spec.name} has an empty output: ${output}`);
    shapes.set(spec.name, output);
    const weights = layerWeights(spec, inputs);
    return {
      name: spec.name,
      type: spec.type,
      outputShape: [null, ...output],
      weights,
      parameters: count(weights),
      trainableParameters: count(weights.filter((weight) => weight.trainable)),
      connectedTo: spec.inputs,
    };
  });
}

/** Returns the number of values in a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function count(weights: readonly WeightSpec[]): number {
  return weights.reduce((sum, weight) => sum + sizeOf(weight.shape), 0);
}

function outputShape(spec: LayerSpec, inputs: readonly Shape[]): Shape {
  switch (spec.type) {
    case "InputLayer":
      return spec.shape;
    case "Lambda": {
      const [, , channels] = image(spec, inputs);
      return [spec.size, spec.size, channels];
    }
    case "ZeroPadding2D": {
      const [height, width, channels] = image(spec, inputs);
      return [height + 2 * spec.padding, width + 2 * spec.padding, channels];
    }
    case "Conv2D": {
      const [height, width] = image(spec, inputs);
      return [windowPositions(height, spec.kernel, spec), windowPositions(width, spec.kernel, spec), spec.filters];
    }
    case "MaxPooling2D":
    case "AveragePooling2D": {
      const [height, width, channels] = image(spec, inputs);
      const window = { strides: spec.strides, padding: "valid" } as const;
      return [windowPositions(height, spec.size, window), windowPositions(width, spec.size, window), channels];
    }
    case "Concatenate": {
      const [height, width] = image(spec, inputs);
      for (const shape of inputs) {
        if (shape[0] !== height || shape[1] !== width) {
          throw new Error(`layer ${spec.name} cannot concatenate shapes ${inputs.map((shape) => `(${shape})`)}`);
        }
      }
      return [height, width, inputs.reduce((sum, shape) => sum + last(shape), 0)];
    }
    case "GlobalMaxPooling2D":
    case "GlobalAveragePooling2D":
      return [image(spec, inputs)[2]];
    case "Flatten":
      return [sizeOf(only(spec, inputs))];
    case "Dense":
      return [...only(spec, inputs).slice(0, -1), spec.units];
    case "BatchNormalization":
    case "Activation":
    case "Dropout":
      return only(spec, inputs);
  }
}

function layerWeights(spec: LayerSpec, inputs: readonly Shape[]): WeightSpec[] {
  const { trainable } = spec;
  switch (spec.type) {
    case "Conv2D": {
      const kernel = [spec.kernel, spec.kernel, image(spec, inputs)[2], spec.filters];
      const bias = { name: "bias", shape: [spec.filters], trainable };
      return [{ name: "kernel", shape: kernel, trainable }, ...(spec.bias ? [bias] : [])];
    }
    case "Dense":
      return [
        { name: "kernel", shape: [last(only(spec, inputs)), spec.units], trainable },
        { name: "bias", shape: [spec.units], trainable },
      ];
    case "BatchNormalization": {
      const shape = [last(only(spec, inputs))];
      return [
        { name: "gamma", shape, trainable },
        { name: "beta", shape, trainable },
        { name: "moving_mean", shape, trainable: false },
        { name: "moving_variance", shape, trainable: false },
      ];
    }
    default:
      return [];
  }
}

/**
 * Returns the number of positions of a sliding window along one side, by TensorFlow's rules for VALID and SAME padding.
 */
function windowPositions(
  extent: number,
  window: number,
  { strides, padding }: { strides: number; padding: Padding },
): number {
  return padding === "same" ? Math.ceil(extent / strides) : Math.floor((extent - window) / strides) + 1;
}

/** Returns the shape of a layer's first input, which must exist. */
function only(spec: LayerSpec, inputs: readonly Shape[]): Shape {
  const [shape] = inputs;
  if (!shape) throw new Error(`layer ${spec.name} has no input`);
  return shape;
}

/** Returns the shape of a layer's first input, which must be height × width × channels. */
function image(spec: LayerSpec, inputs: readonly Shape[]): readonly [number, number, number] {
  const [height, width, channels] = only(spec, inputs);
  if (height === undefined || width === undefined || channels === undefined) {
    throw new Error(`layer ${spec.name} needs an input of height × width × channels`);
  }
  return [height, width, channels];
}

function last(shape: Shape): number {
  return at(shape, shape.length - 1);
}
