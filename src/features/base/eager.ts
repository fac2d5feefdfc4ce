/** Runs the frozen base op by op. Every engine can do this, and tests compare the graph with it. */
import type { Tf } from "../../engine/engine.ts";
import { IN_MEMORY, type OpByOp } from "../../engine/op_by_op.ts";
import { baseNetwork, nameOfBase } from "../../model/base_network.ts";
import { buildNetwork, type Network } from "../../model/build.ts";
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import { pixelsToInput } from "./preprocess.ts";
import { type LayersSpec, readBaseLayers } from "./base_layers.ts";
import type { FeatureRows, FrozenBase } from "./frozen_base.ts";
import { imagesPerCall, tensorSizes } from "./images_per_call.ts";
import { joinRows, padBatch, pieces } from "./pieces.ts";
import type { BaseSpec } from "./spec.ts";

/**
 * Builds the base with the weights in the file. The caller disposes the network.
 *
 * @throws HeadlightError as `readBaseLayers`
 */
export async function loadBaseModel(tf: Tf, spec: LayersSpec): Promise<Network> {
  const { layers, weights } = await readBaseLayers(spec);
  return buildNetwork(tf, layers, weights);
}

/**
 * Opens the base for computing op by op. Every call is padded to the same number of images: `spec.batchSize`, or as
 * many as the device takes.
 *
 * @param opByOp how the engine computes ops
 * @throws HeadlightError as `loadBaseModel`
 */
export async function openEagerBase(tf: Tf, spec: BaseSpec, opByOp: OpByOp = IN_MEMORY): Promise<FrozenBase> {
  const { layers, weights } = await readBaseLayers(spec);
  const network = buildNetwork(tf, layers, weights);
  const how = { size: spec.size, preprocess: spec.preprocess, own: (await baseNetwork(spec.base)).preprocessing };
  const sizes = tensorSizes(layers);
  return {
    rounding: null,
    async features(images: ImageBatch): Promise<FeatureRows> {
      const { height, width } = images;
      const wanted = { images: spec.batchSize, height, width, name: nameOfBase(spec.base), size: spec.size };
      const most = imagesPerCall(wanted, sizes, opByOp.largestTensorBytes);
      const parts: FeatureRows[] = [];
      for (const call of pieces(images, most)) {
        const values = await opByOp.compute(() =>
          tf.tidy(() => {
            const input = pixelsToInput(tf, padBatch(call, most), how);
            return network.predict(input).slice([0, 0], [call.count, -1]);
          })
        );
        parts.push({ features: values, rows: call.count, width: values.length / call.count });
      }
      return joinRows(parts);
    },
    dispose: () => network.dispose(),
  };
}
