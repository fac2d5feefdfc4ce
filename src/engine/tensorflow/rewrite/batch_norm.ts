/** Batch norms of a graph as what they are in inference: a factor and a bias for each channel. */
import { at } from "../../../at.ts";
import { type Attribute, type Constant, constantNode, type Graph, type GraphNode } from "../capture/graph.ts";

const BATCH_NORM = /^FusedBatchNorm(V2|V3)?$/;

export function isBatchNorm(op: string): boolean {
  return BATCH_NORM.test(op);
}

export interface FactorAndBias {
  readonly factor: readonly number[];
  readonly bias: readonly number[];
}

/** null for nodes that are no batch norm, or train, or have statistics that are no constants, or channels first. */
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

/** The nodes that add a bias to the output of `to`, the last of them under the name given. */
export function biasNodes(name: string, to: string, bias: readonly number[]): GraphNode[] {
  const attributes = { T: FLOAT, data_format: CHANNELS_LAST };
  return [
    constantNode(`${name}/bias`, floatConstant(bias, [bias.length])),
    { name, op: "BiasAdd", inputs: [to, `${name}/bias`], attributes },
  ];
}

export const FLOAT: Attribute = { kind: "type", value: "float32" };
export const CHANNELS_LAST: Attribute = { kind: "string", value: "NHWC" };

export function byName({ nodes }: Graph): Map<string, GraphNode> {
  return new Map(nodes.map((node) => [node.name, node]));
}

/** The value of a float32 constant; null for other nodes. */
export function constantOf(node: GraphNode | undefined): Constant | null {
  const value = node?.op === "Const" ? node.attributes["value"] : undefined;
  return value?.kind === "tensor" && value.value.dtype === "float32" ? value.value : null;
}

export function floatsOf(node: GraphNode | undefined): Float32Array | null {
  const constant = constantOf(node);
  return constant && new Float32Array(constant.bytes.slice().buffer);
}

export function floatConstant(values: ArrayLike<number>, shape: readonly number[]): Constant {
  return { dtype: "float32", shape, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}
