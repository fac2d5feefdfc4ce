/**
 * The layers of the head, the part of the model that follows the base. Their names are Keras's defaults, as in the
 * lesson's model.
 */
import { LayerChain } from "../bases/chain.ts";
import { KerasNames } from "../bases/keras_names.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import { headForm, type HeadRequest, parseHead } from "../head_form.ts";

export interface HeadOptions extends HeadRequest {
  readonly classes: number;
  /** The names of the layers before the head, which its own layers must not have. */
  readonly taken?: ReadonlySet<string>;
}

/**
 * Returns the layers of the head. The last one gives the logits.
 *
 * @param input the name of the layer whose output the head takes: the base's pooled features
 */
export function headLayers(input: string, options: HeadOptions): readonly LayerSpec[] {
  const chain = new LayerChain(true, input);
  const names = new KerasNames(options.taken);
  for (
    const kind of [
      { type: "Flatten" },
      ...parseHead(headForm(options)),
      { type: "Dense", units: options.classes, activation: "linear" },
    ] as const
  ) {
    chain.add(names.next(kind.type), kind);
  }
  return chain.layers;
}
