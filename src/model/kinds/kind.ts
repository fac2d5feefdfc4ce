/** What the program knows about one kind of layer. */
import type { Tensor } from "@tensorflow/tfjs";
import type { LayerOfType, LayerSpec, LayerType, Shape } from "../../bases/layer_spec.ts";
import type { Tf } from "../../engine/engine.ts";

/** What a weight does in its layer. */
export type WeightRole = "kernel" | "bias" | "gamma" | "beta" | "mean" | "variance" | "count";

export interface WeightSpec {
  /** Keras's name, for example kernel or moving_mean. */
  readonly name: string;
  readonly shape: Shape;
  readonly trainable: boolean;
  readonly role: WeightRole;
  /** For kernels: the number of input values that each output value is a sum over. */
  readonly fanIn?: number;
}

export interface LayerFacts {
  /** The shape of the output, without the batch dimension. */
  readonly shape: Shape;
  /** The weights in Keras's order. Default: none. */
  readonly weights?: readonly WeightSpec[];
  /** The multiply-adds with kernels for one image. Default: 0. */
  readonly macs?: number;
}

/** A layer's weights as tensors, by Keras's names. */
export type LayerTensors = ReadonlyMap<string, Tensor>;

export interface Kind<Spec extends LayerSpec> {
  /**
   * Returns the facts that follow from a layer's arguments and the shapes of its inputs, by Keras's rules.
   *
   * @throws Error if the inputs do not fit the layer
   */
  facts(spec: Spec, inputs: readonly Shape[]): LayerFacts;

  /**
   * Returns what the layer makes of its inputs in inference, as a new tensor. May leave intermediate tensors to the
   * caller's `tf.tidy`.
   *
   * @param inputs tensors of the shapes that `facts` takes, with the batch dimension first
   */
  compute(tf: Tf, spec: Spec, inputs: readonly Tensor[], weights: LayerTensors): Tensor;
}

/** A group of related kinds, by type. */
export type Kinds<Type extends LayerType> = { readonly [T in Type]: Kind<LayerOfType<T>> };

/** Returns the number of values in a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Returns the shape of the first input. */
export function only({ name }: LayerSpec, [shape]: readonly Shape[]): Shape {
  if (!shape) throw new Error(`layer ${name} has no input`);
  return shape;
}

/** Returns the shape of the first input, which must be that of an image. */
export function image(spec: LayerSpec, inputs: readonly Shape[]): readonly [number, number, number] {
  const [height, width, channels] = only(spec, inputs);
  if (height === undefined || width === undefined || channels === undefined) {
    throw new Error(`layer ${spec.name} needs an input of height × width × channels`);
  }
  return [height, width, channels];
}
