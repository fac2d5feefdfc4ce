/** Records the frozen base as one TensorFlow graph, from the pixels of a batch to its features. */
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { valueOf } from "../../at.ts";
import type { Precision } from "../../config.ts";
import type { OpenedGraph, OpenOptions } from "../../engine/base_graphs.ts";
import type { Tf } from "../../engine/engine.ts";
import type { Graph } from "../../engine/tensorflow/capture/graph.ts";
import { type InputSpec, record } from "../../engine/tensorflow/capture/record.ts";
import { atBatchSize } from "../../engine/tensorflow/rewrite/at_batch_size.ts";
import { chain } from "../../engine/tensorflow/rewrite/chain.ts";
import { depthwiseBatchNorms } from "../../engine/tensorflow/rewrite/depthwise_batch_norm.ts";
import { foldBatchNorms } from "../../engine/tensorflow/rewrite/fold_batch_norm.ts";
import { poolFirst } from "../../engine/tensorflow/rewrite/pool_first.ts";
import { baseNetwork, nameOfBase } from "../../model/base_network.ts";
import type { Network } from "../../model/build.ts";
import { preprocess } from "./preprocess.ts";
import { resizeWithPad } from "./resize.ts";
import { inBfloat16 } from "./bfloat16_network.ts";
import type { ChosenPlan } from "./choose_plan.ts";
import type { BaseSpec } from "./spec.ts";

/** The properties that all batches of images in a run share. */
export interface ImageKind {
  readonly height: number;
  readonly width: number;
  /** Bytes are passed to the graph without conversion. */
  readonly dtype: "uint8" | "float32";
}

/** The images that a recorded graph takes. */
export interface GraphInput {
  readonly images: ImageKind;
  readonly batch: number;
}

/** Returns a short name for the input of a recorded graph: equal for equal inputs. */
export function nameOfInput({ images: { height, width, dtype }, batch }: GraphInput): string {
  return [batch, height, width, dtype].join("x");
}

/** Opens a recorded graph. */
export type OpenPlain = (input: GraphInput, options: OpenOptions) => OpenedGraph;

/** A base as a graph. */
export interface RecordedBase {
  readonly graph: Graph;
  /** How much of it is in bfloat16; null if float32 was requested. */
  readonly chosen: ChosenPlan | null;
}

/** A recorded base. It needs the base's tensors no longer. */
export interface BaseRecording {
  /** Returns the graph from the pixels of such images to the network's input: resize and preprocessing. */
  prepared(kind: ImageKind, batchSize: number): Graph;
  /** Returns the graph from the network's input to the features, for a batch size that was asked for. */
  network(batchSize: number): Graph;
}

/**
 * Records the base for these batch sizes.
 *
 * @param rewrite changes the network. Only what it returns is kept, because both would need memory until the graph is
 * made.
 */
export async function recordBase(
  tf: Tf,
  base: Network,
  spec: Pick<BaseSpec, "base" | "size" | "preprocess">,
  batchSizes: readonly number[],
  rewrite: (network: Graph) => Graph = (network) => network,
): Promise<BaseRecording> {
  const networks = recordNetworks(tf, base, spec, batchSizes, rewrite);
  const how = { preprocess: spec.preprocess, own: (await baseNetwork(spec.base)).preprocessing };
  const toInput = (pixels: Tensor) => preprocess(tf, resizeWithPad(tf, pixels.toFloat() as Tensor4D, spec.size), how);
  return {
    prepared({ height, width, dtype }, batchSize) {
      const inputAt = (count: number): InputSpec => ({ dtype, shape: [count, height, width, 3] });
      return valueOf(recorded(tf, spec, [batchSize], toInput, inputAt), batchSize);
    },
    network: (batchSize) => valueOf(networks, batchSize),
  };
}

/** A function of its own, so that what `recordBase` returns does not hold the base and its weights. */
function recordNetworks(
  tf: Tf,
  base: Network,
  spec: Pick<BaseSpec, "base" | "size">,
  batchSizes: readonly number[],
  rewrite: (network: Graph) => Graph,
): Map<number, Graph> {
  const { size } = spec;
  const inputAt = (count: number): InputSpec => ({ dtype: "float32", shape: [count, size, size, 3] });
  const networks = recorded(tf, spec, batchSizes, (input) => base.predict(input), inputAt);
  return new Map([...networks].map(([batchSize, network]) => [batchSize, rewrite(network)]));
}

/**
 * Records a function at batch sizes 2 and 3 and derives the graphs for others from them: recording DenseNet121 at 32
 * takes ten times as long and 600 MB, and at 1 a dimension of 1 could have another meaning.
 */
function recorded(
  tf: Tf,
  { base }: Pick<BaseSpec, "base">,
  batchSizes: readonly number[],
  fn: (input: Tensor) => Tensor,
  inputAt: (count: number) => InputSpec,
): Map<number, Graph> {
  const at = (count: number) => ({
    graph: record(tf, nameOfBase(base), (input) => fn(input as Tensor), inputAt(count)).graph,
    batchSize: count,
  });
  const [two, three] = [at(2), at(3)];
  return new Map(batchSizes.map((batchSize) => [batchSize, atBatchSize(two, three, batchSize)]));
}

/** Returns the whole base as it was recorded, for an engine that optimizes it itself. */
export function plainGraph(recording: BaseRecording, kind: ImageKind, batchSize: number): Graph {
  return chain(recording.prepared(kind, batchSize), recording.network(batchSize));
}

/**
 * Returns the network rewritten for TensorFlow: batch normalizations are folded, and pools moved before convolutions.
 */
export function rewriteNetwork(network: Graph): Graph {
  return depthwiseBatchNorms(foldBatchNorms(poolFirst(network)));
}

/**
 * Returns the whole base rewritten for TensorFlow. With bfloat16, resizing and preprocessing still use float32, because
 * bfloat16 has only 8 bits of precision for a pixel's value.
 *
 * @param recording of a network that `rewriteNetwork` has changed
 * @param chosen what was chosen for the same base, weights and size before, so that no error is measured again
 */
export async function rewrittenGraph(
  tf: Tf,
  recording: BaseRecording,
  precision: Precision,
  kind: ImageKind,
  batchSize: number,
  chosen: ChosenPlan | null = null,
): Promise<RecordedBase> {
  const network = recording.network(batchSize);
  if (precision === "float32") return { graph: chain(recording.prepared(kind, batchSize), network), chosen: null };
  const preparedFor = (size: Pick<ImageKind, "height" | "width">) =>
    recording.prepared({ ...size, dtype: "uint8" }, batchSize);
  const { graph, plan, rounding } = await inBfloat16(tf, network, batchSize, preparedFor, chosen);
  return { graph: chain(recording.prepared(kind, batchSize), graph), chosen: { plan, rounding } };
}
