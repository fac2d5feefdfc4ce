/** What follows from a list of layers: shapes and parameter counts as Keras works them out, without tfjs. Pure. */
import { at } from "../at.ts";
import type { LayerSpec, Padding, Shape } from "../bases/layer_spec.ts";

export interface WeightSpec {
  /** Keras's name, e.g. kernel, moving_mean. */
  readonly name: string;
  readonly shape: Shape;
  readonly trainable: boolean;
}

/** A layer with all that follows from its place in the list. */
export interface LayerRow {
  readonly name: string;
  readonly type: LayerSpec["type"];
  /** The batch dimension as null. */
  readonly outputShape: readonly (number | null)[];
  /** In Keras's order. */
  readonly weights: readonly WeightSpec[];
  readonly parameters: number;
  readonly trainableParameters: number;
  readonly connectedTo: readonly string[];
}

/**
 * Works out every layer's output shape and weights. The list must be in an order in which each layer comes after its
 * inputs, with unique names; anything else is a defect and throws.
 */
export function describe(specs: readonly LayerSpec[]): LayerRow[] {
  const shapes = new Map<string, Shape>();
  return specs.map((spec) => {
    if (shapes.has(spec.name)) throw new Error(`two layers are called ${spec.name}`);
    const inputs = spec.inputs.map((name) => {
      const shape = shapes.get(name);
      if (!shape) throw new Error(`layer ${spec.name} takes its input from ${name}, which does not come before it`);
      return shape;
    });
    const output = outputShape(spec, inputs);
    if (output.some((extent) => extent < 1)) throw new Error(`layer ${spec.name} has nothing left: ${output}`);
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

/** The number of values in a tensor of this shape. */
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
      return [slid(height, spec.kernel, spec), slid(width, spec.kernel, spec), spec.filters];
    }
    case "MaxPooling2D":
    case "AveragePooling2D": {
      const [height, width, channels] = image(spec, inputs);
      const window = { strides: spec.strides, padding: "valid" } as const;
      return [slid(height, spec.size, window), slid(width, spec.size, window), channels];
    }
    case "Concatenate": {
      const [height, width] = image(spec, inputs);
      for (const shape of inputs) {
        if (shape[0] !== height || shape[1] !== width) throw new Error(`layer ${spec.name} cannot join ${inputs}`);
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

/** How many places a window has along one side; TensorFlow's rule for VALID and SAME. */
function slid(extent: number, window: number, { strides, padding }: { strides: number; padding: Padding }): number {
  return padding === "same" ? Math.ceil(extent / strides) : Math.floor((extent - window) / strides) + 1;
}

function only(spec: LayerSpec, inputs: readonly Shape[]): Shape {
  const [shape] = inputs;
  if (!shape) throw new Error(`layer ${spec.name} has no input`);
  return shape;
}

function image(spec: LayerSpec, inputs: readonly Shape[]): readonly [number, number, number] {
  const [height, width, channels] = only(spec, inputs);
  if (height === undefined || width === undefined || channels === undefined) {
    throw new Error(`layer ${spec.name} takes height × width × channels`);
  }
  return [height, width, channels];
}

function last(shape: Shape): number {
  return at(shape, shape.length - 1);
}
