/**
 * What a rule works with: one layer, its inputs and weights, and the graph that its nodes are added to.
 *
 * ONNX's convolutions and poolings have the channels before the height and width, and Keras's the other way round. So an
 * image of height × width × channels is [batch, channels, height, width] in the graph. Everything else is as in Keras.
 */
import { at, valueOf } from "../../../at.ts";
import type { LayerOfType, LayerSpec, LayerType, Shape } from "../../../bases/layer_spec.ts";
import type { LayerWeights, Weight } from "../../../model/weights.ts";
import type { Attributes, Graph } from "./graph.ts";

/** What a layer puts out: the name of the value, and Keras's shape without the batch dimension. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
}

/**
 * Adds the nodes of a layer to its graph. Returns the name of the value that the layer puts out. As a method's type, so
 * that the rule of any type can be called with the layer that it is looked up for.
 */
export type Rule<Spec extends LayerSpec> = { rule(spec: Spec, layer: Layer): string }["rule"];
/** Rules for a group of related kinds, by type. */
export type Rules<Type extends LayerType> = { readonly [T in Type]: Rule<LayerOfType<T>> };

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

export class Layer {
  readonly #weights: ReadonlyMap<string, Weight>;

  /** @param shape the layer's output shape */
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

  node(op: string, inputs: readonly string[], attributes?: Attributes): string {
    return this.graph.addNode(this.name, op, inputs, attributes);
  }

  /** Adds a float32 constant of this layer. */
  floats(name: string, shape: Shape, data: Float32Array): string {
    return this.graph.addFloats(`${this.name}/${name}`, shape, data);
  }

  integers(name: string, values: readonly number[]): string {
    return this.graph.addIntegers(`${this.name}/${name}`, values);
  }

  /** Adds one value per channel, in a shape that ONNX broadcasts over the first input. */
  perChannel(name: string, data: Float32Array): string {
    return this.floats(name, isImage(this.input.shape) ? [data.length, 1, 1] : [data.length], data);
  }

  /** The first input, as a value whose numbers are in Keras's order. Its extents may be in another. */
  inKerasOrder(): string {
    const { name, shape } = this.input;
    return movesChannels(shape) ? this.toChannelsLast(name) : name;
  }

  toChannelsLast(image: string): string {
    return this.node("Transpose", [image], { perm: TO_CHANNELS_LAST });
  }

  toChannelsFirst(image: string): string {
    return this.node("Transpose", [image], { perm: TO_CHANNELS_FIRST });
  }

  /** Gives a value, whose numbers are in Keras's order, one of Keras's shapes. */
  reshape(value: string, shape: Shape): string {
    const to = (extents: Shape) => this.node("Reshape", [value, this.integers("shape", [KEPT, ...extents])]);
    if (!isImage(shape)) return to(shape);
    return movesChannels(shape) ? this.toChannelsFirst(to(shape)) : to(channelsFirst(shape));
  }
}

/** In the shape of a Reshape: this extent stays as it is. */
const KEPT = 0;

/** Whether the graph has the channels before the other extents. */
export function isImage(shape: Shape): boolean {
  return shape.length === 3;
}

/** Returns the axis of the channels in the graph, where axis 0 is the batch. */
export function channelAxis(shape: Shape): number {
  return isImage(shape) ? 1 : shape.length;
}

/** Whether the numbers of an image have another order in the graph than in Keras. */
function movesChannels(shape: Shape): boolean {
  const [height = 1, width = 1, channels = 1] = shape;
  return isImage(shape) && height * width > 1 && channels > 1;
}

function channelsFirst(shape: Shape): Shape {
  return [at(shape, 2), at(shape, 0), at(shape, 1)];
}
