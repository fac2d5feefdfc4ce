/**
 * The input of a rule: one layer, its inputs and weights, and the graph that its nodes are added to.
 *
 * Convolutions and pooling layers are channels-first in ONNX and channels-last in Keras. So an image of
 * height × width × channels is [batch, channels, height, width] in the graph. All other values have Keras's shape.
 */
import { at, valueOf } from "../../../at.ts";
import type { LayerOfType, LayerSpec, LayerType, Shape } from "../../../bases/layer_spec.ts";
import type { LayerWeights, Weight } from "../../../model/weights.ts";
import type { Attributes, Graph } from "./graph.ts";

/** The output of a layer: the name of the value, and its shape in Keras without the batch dimension. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
}

/**
 * Adds the nodes of a layer to its graph. Returns the name of the layer's output.
 *
 * Declared as a method, whose parameters TypeScript compares in both directions, so that `ruleOf` can return the rules
 * of all layer types as one type.
 */
export type Rule<Spec extends LayerSpec> = { rule(spec: Spec, layer: Layer): string }["rule"];
/** Rules for a group of related layers, by type. */
export type Rules<Type extends LayerType> = { readonly [T in Type]: Rule<LayerOfType<T>> };

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

/** One layer, with the methods by which its rule adds nodes and constants to the graph. */
export class Layer {
  readonly #weights: ReadonlyMap<string, Weight>;

  /** @param shape the shape of the layer's output in Keras, without the batch dimension */
  constructor(
    readonly graph: Graph,
    readonly name: string,
    readonly inputs: readonly Value[],
    readonly shape: Shape,
    weights: LayerWeights | undefined,
  ) {
    this.#weights = new Map(weights?.weights.map((weight) => [weight.name, weight]));
  }

  /** The first input. */
  get input(): Value {
    return at(this.inputs, 0);
  }

  /** Returns a weight by Keras's name. */
  weight(name: string): Weight {
    return valueOf(this.#weights, name);
  }

  /** Adds a node of this layer. Returns the name of its output. */
  node(op: string, inputs: readonly string[], attributes?: Attributes): string {
    return this.graph.addNode(this.name, op, inputs, attributes);
  }

  /** Adds a float32 constant of this layer. Returns its name. */
  floats(name: string, shape: Shape, data: Float32Array): string {
    return this.graph.addFloats(`${this.name}/${name}`, shape, data);
  }

  /** Adds a vector of int64 of this layer. Returns its name. */
  integers(name: string, values: readonly number[]): string {
    return this.graph.addIntegers(`${this.name}/${name}`, values);
  }

  /** Adds a float32 constant with one value per channel, in a shape that ONNX broadcasts over the first input. */
  perChannel(name: string, data: Float32Array): string {
    return this.floats(name, isImage(this.input.shape) ? [data.length, 1, 1] : [data.length], data);
  }

  /** Returns the first input with its numbers in the order of Keras. The order of its dimensions may differ. */
  inKerasOrder(): string {
    const { name, shape } = this.input;
    return movesChannels(shape) ? this.toChannelsLast(name) : name;
  }

  /** Adds a node that moves the channels of an image to the end. Returns the name of its output. */
  toChannelsLast(image: string): string {
    return this.node("Transpose", [image], { perm: TO_CHANNELS_LAST });
  }

  /** Adds a node that moves the channels of an image before its height. Returns the name of its output. */
  toChannelsFirst(image: string): string {
    return this.node("Transpose", [image], { perm: TO_CHANNELS_FIRST });
  }

  /**
   * Adds the nodes that reshape a value as Keras does. Returns the name of the output.
   * @param value a value with its numbers in the order of Keras, see `inKerasOrder`
   * @param shape the new shape in Keras, without the batch dimension
   */
  reshape(value: string, shape: Shape): string {
    const to = (extents: Shape) => this.node("Reshape", [value, this.integers("shape", [KEPT, ...extents])]);
    if (!isImage(shape)) return to(shape);
    return movesChannels(shape) ? this.toChannelsFirst(to(shape)) : to(channelsFirst(shape));
  }
}

/** In the shape for Reshape, 0 means that the dimension keeps its size. */
const KEPT = 0;

/** Returns whether a value of this shape in Keras is an image, which is channels-first in the graph. */
export function isImage(shape: Shape): boolean {
  return shape.length === 3;
}

/** Returns the axis of the channels in the graph, where axis 0 is the batch. */
export function channelAxis(shape: Shape): number {
  return isImage(shape) ? 1 : shape.length;
}

/** Returns whether a value of this shape has its numbers in another order in the graph than in Keras. */
function movesChannels(shape: Shape): boolean {
  const [height = 1, width = 1, channels = 1] = shape;
  return isImage(shape) && height * width > 1 && channels > 1;
}

function channelsFirst(shape: Shape): Shape {
  return [at(shape, 2), at(shape, 0), at(shape, 1)];
}
