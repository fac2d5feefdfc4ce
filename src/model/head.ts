/**
 * The layers of the head, the part of the model that is trained. Their names are Keras's defaults, as in the lesson's
 * model.
 */
import type { RunOptions } from "../config.ts";
import { LayerChain } from "../bases/chain.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";

/** The options that determine the layers of the head. */
export interface HeadOptions extends Pick<RunOptions, "hidden" | "dropout"> {
  readonly classes: number;
}

/**
 * Returns the layers of the head.
 *
 * @param input the name of the layer whose output the head takes: the base's pooled features
 */
export function headLayers(input: string, { hidden, dropout, classes }: HeadOptions): readonly LayerSpec[] {
  const chain = new LayerChain(true, input);
  chain.add("flatten", { type: "Flatten" });
  chain.add("batch_normalization", { type: "BatchNormalization", momentum: 0.99, epsilon: 0.001 });
  chain.add("dense", { type: "Dense", units: hidden, activation: "relu" });
  chain.add("dropout", { type: "Dropout", rate: dropout });
  chain.add("dense_1", { type: "Dense", units: classes, activation: "linear" });
  return chain.layers;
}
