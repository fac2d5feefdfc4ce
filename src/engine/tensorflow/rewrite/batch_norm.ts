/**
 * Finds the batch normalizations of a graph, and expresses them as what they are in inference: a factor and a bias for
 * each channel.
 */
import { at } from "../../../at.ts";
import { type Attribute, type Constant, constantNode, type Graph, type GraphNode } from "../capture/graph.ts";

const BATCH_NORM = /^FusedBatchNorm(V2|V3)?$/;

/** Returns whether an op is a batch normalization. */
export function isBatchNorm(op: string): boolean {
  return BATCH_NORM.test(op);
}

/** A factor and a bias for each channel. */
export interface FactorAndBias {
  readonly factor: readonly number[];
  readonly bias: readonly number[];
}

/**
 * Returns the factor and bias of a batch normalization in inference. Returns null for other nodes, and for batch
 * normalizations that train, whose statistics are not constants, or whose data format is channels first.
 */
export function factorAndBias(norm: GraphNode, nodes: ReadonlyMap<string, GraphNode>): FactorAndBias | null {
  const { is_training, data_format, epsilon } = norm.attributes;
  const inference = is_training?.kind === "bool" && is_training.value === false;
  const channelsFirst = data_format?.kind === "string" && data_format.value === "NCHW";
  if (!isBatchNorm(norm.op) || !inference || channelsFirst) return null;
  if (epsilon?.kind !== "float" || typeof epsilon.value !== "number") return null;
  const added = epsilon.value;
  const [scale, offset, mean, variance] = norm.inputs.slice(1).map((input) => floatsOf(nodes.get(input)));
  if (!scale || !offset || !mean || !variance) return null;
  const factor = Array.from(scale, (value, channel) => value / Math.sqrt(at(variance, channel) + added));
  return {
    factor,
    bias: Array.from(offset, (value, channel) => value - at(mean, channel) * at(factor, channel)),
  };
}

/** Returns nodes that add a bias to the output of `to`. The last one has the given name. */
export function biasNodes(name: string, to: string, bias: readonly number[]): GraphNode[] {
  const attributes = { T: FLOAT, data_format: CHANNELS_LAST };
  return [
    constantNode(`${name}/bias`, floatConstant(bias, [bias.length])),
    { name, op: "BiasAdd", inputs: [to, `${name}/bias`], attributes },
  ];
}

/** The attribute for the type float32. */
export const FLOAT: Attribute = { kind: "type", value: "float32" };
/** The attribute for the data format with channels last. */
export const CHANNELS_LAST: Attribute = { kind: "string", value: "NHWC" };

/** Returns the nodes of a graph by name. */
export function byName({ nodes }: Graph): Map<string, GraphNode> {
  return new Map(nodes.map((node) => [node.name, node]));
}

/** Returns the value of a float32 constant, or null for other nodes. */
export function constantOf(node: GraphNode | undefined): Constant | null {
  const value = node?.op === "Const" ? node.attributes["value"] : undefined;
  return value?.kind === "tensor" && value.value.dtype === "float32" ? value.value : null;
}

/** Returns the numbers of a float32 constant in row-major order, or null for other nodes. */
export function floatsOf(node: GraphNode | undefined): Float32Array | null {
  const constant = constantOf(node);
  return constant && new Float32Array(constant.bytes.slice().buffer);
}

/** Returns a float32 constant with these values, in row-major order. */
export function floatConstant(values: ArrayLike<number>, shape: readonly number[]): Constant {
  return { dtype: "float32", shape, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}
