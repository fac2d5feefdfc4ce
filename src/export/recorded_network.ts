/** Records an exported model as one TensorFlow graph that takes any number of images. */
import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../engine/engine.ts";
import { CaptureError } from "../engine/tensorflow/capture/errors.ts";
import type { Graph } from "../engine/tensorflow/capture/graph.ts";
import { record } from "../engine/tensorflow/capture/record.ts";
import { atAnyBatchSize } from "../engine/tensorflow/rewrite/at_batch_size.ts";
import { HeadlightError } from "../errors.ts";
import { buildNetwork } from "../model/build.ts";
import { sentence } from "../sentence.ts";
import type { ExportedModel } from "./exported_model.ts";

/**
 * Records the network at batch sizes 2 and 3 and derives the graph for any number of images. Disposes all its tensors.
 *
 * @param tf tfjs on the tensorflow engine
 * @returns a graph with one input, pixels of 0…255 (float32, n × size × size × 3), and one output, the probabilities
 * (n × classes)
 * @throws HeadlightError (2) if the network has a layer from which no such graph can be derived
 */
export function recordNetwork(tf: Tf, { name, layers, weights, size }: ExportedModel): Graph {
  const network = buildNetwork(tf, layers, weights);
  const recordedAt = (batchSize: number) => {
    const example = { dtype: "float32", shape: [batchSize, size, size, 3] } as const;
    const { graph } = record(tf, name, (pixels) => network.predict(pixels as Tensor), example);
    return { graph, batchSize };
  };
  try {
    return atAnyBatchSize(recordedAt(2), recordedAt(3));
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    throw new HeadlightError(
      `${name} cannot be exported as a TensorFlow graph: ${sentence(error.message)} Use --to keras or --to onnx.`,
      2,
      { cause: error },
    );
  } finally {
    network.dispose();
  }
}
