/** Opens a trained run as a model to export. */
import { hasFrozenBase } from "../config.ts";
import type { EngineFiles } from "../engine/engine.ts";
import { readBaseLayers } from "../features/base/base_layers.ts";
import { preprocessingLayers } from "../features/base/preprocess.ts";
import { baseNetwork } from "../model/base_network.ts";
import { restoreWeights } from "../results/restore_weights.ts";
import type { TrainedRun } from "../results/trained_run.ts";
import { baseOf } from "../run/folder/run_config.ts";
import { type ExportedModel, joinParts, type NetworkPart, weightsOfLayers } from "./exported_model.ts";
import { foldReversals } from "./fold_reversal.ts";

/**
 * Reads the base's weights, joins the base with the head from the run's checkpoint, and returns the whole model.
 *
 * @param engine sets up an engine. Called only if the base's random weights are gone and must be generated again
 * @throws HeadlightError if the base or its weights are missing or have changed since the run
 */
export async function openModel(trained: TrainedRun, engine: () => Promise<EngineFiles>): Promise<ExportedModel> {
  const { run, options, classes, layers, weights } = trained;
  const { size, resize } = options;
  const head: NetworkPart = { layers, weights: weightsOfLayers(layers, weights) };
  const whole = hasFrozenBase(options)
    ? await withBase(trained, head, engine)
    : joinParts(size, preprocessingLayers({ preprocess: "scale", own: null }), null, head);
  return { ...foldReversals(whole), name: modelName(run.id), classes, size, resize };
}

async function withBase(
  trained: TrainedRun,
  head: NetworkPart,
  engine: () => Promise<EngineFiles>,
): Promise<NetworkPart> {
  const { options, resolved } = trained;
  const { size, pooling } = options;
  await restoreWeights(trained, engine);
  const { preprocess, weights } = resolved;
  const ref = baseOf(options, resolved);
  const { preprocessing: own } = await baseNetwork(ref);
  const base = await readBaseLayers({ base: ref, size, pooling, weights });
  return joinParts(size, preprocessingLayers({ preprocess, own }), base, head);
}

/** Returns the run's id with only the characters that Keras and TensorFlow allow in names. */
function modelName(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9_.-]/g, "_").replace(/^[^A-Za-z0-9]+/, "") || "model";
}
