/** Makes the random base's weights file. Runs in the extractor process. */
import type { Engine } from "../engine/engine.ts";
import { cacheError } from "../files/system_error.ts";
import { baseNetwork } from "../model/base_network.ts";
import { RANDOM_BASE_IMAGES, randomBaseWeights } from "../model/random_base.ts";
import type { LayerWeights } from "../model/weights.ts";
import { writeKerasWeights } from "../model/write_keras_h5.ts";
import type { RandomWeightsSpec } from "./job.ts";
import { measuredImages } from "./base/measured_images.ts";
import { pixelsToInput } from "./base/preprocess.ts";
import { sealFile } from "../files/sealed_file.ts";

/**
 * Writes the weights to `path` in Keras's layout and then seals the file. A file without a seal is incomplete.
 * @throws HeadlightError (1) if the file cannot be written, `TRY_AGAIN` if the disk is full
 */
export async function makeRandomWeights(engine: Engine, spec: RandomWeightsSpec, path: string): Promise<void> {
  const { tf } = engine;
  const base = await baseNetwork(spec.base);
  const images = await measuredImages(RANDOM_BASE_IMAGES);
  const input = pixelsToInput(tf, images, { ...spec, own: base.preprocessing });
  try {
    // Pooling has no weights, so either kind will do.
    const weights = randomBaseWeights(tf, base.layers(spec.size, "max"), input);
    await write(path, weights);
  } finally {
    input.dispose();
  }
}

async function write(path: string, weights: readonly LayerWeights[]): Promise<void> {
  try {
    await writeKerasWeights(path, weights);
    await sealFile(path);
  } catch (error) {
    throw cacheError(error, `cannot write random weights to ${path}`);
  }
}
