/** Records the frozen base as one TensorFlow graph, from the pixels of a batch to its features. */
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
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

/** A base as a graph. */
export interface RecordedBase {
  readonly graph: Graph;
  /** How much of it is in bfloat16; null if float32 was requested. */
  readonly chosen: ChosenPlan | null;
}

/**
 * Records the base: resize, preprocessing, network, pooling. Records it at batch sizes 2 and 3 and derives the graph
 * for `batchSize` from them: recording DenseNet121 at 32 takes ten times as long and 600 MB, and at 1 a dimension of 1
 * could have another meaning. With bfloat16, resizing and preprocessing still use float32, because bfloat16 has only 8
 * bits of precision for a pixel's value.
 *
 * @param chosen what was chosen for the same base, weights and size before, so that no error is measured again
 */
export async function recordBaseGraph(
  tf: Tf,
  base: Network,
  spec: Pick<BaseSpec, "base" | "size" | "preprocess" | "precision">,
  kind: ImageKind,
  batchSize: number,
  chosen: ChosenPlan | null = null,
): Promise<RecordedBase> {
  const { size } = spec;
  const how = { preprocess: spec.preprocess, own: (await baseNetwork(spec.base)).preprocessing };
  const prepared = ({ height, width, dtype }: ImageKind) =>
    recorded((pixels) => preprocess(tf, resizeWithPad(tf, pixels.toFloat() as Tensor4D, size), how), (count) => ({
      dtype,
      shape: [count, height, width, 3],
    }));
  const eagerNetwork = recorded((input) => base.predict(input), (count) => ({
    dtype: "float32",
    shape: [count, size, size, 3],
  }));
  const network = depthwiseBatchNorms(foldBatchNorms(poolFirst(eagerNetwork)));
  if (spec.precision === "float32") return { graph: chain(prepared(kind), network), chosen: null };
  const preparedFor = (size: Pick<ImageKind, "height" | "width">) => prepared({ ...size, dtype: "uint8" });
  const { graph, plan, rounding } = await inBfloat16(tf, network, batchSize, preparedFor, chosen);
  return { graph: chain(prepared(kind), graph), chosen: { plan, rounding } };

  function recorded(fn: (input: Tensor) => Tensor, inputAt: (count: number) => InputSpec): Graph {
    const at = (count: number) => ({
      graph: record(tf, nameOfBase(spec.base), (input) => fn(input as Tensor), inputAt(count)).graph,
      batchSize: count,
    });
    return atBatchSize(at(2), at(3), batchSize);
  }
}
