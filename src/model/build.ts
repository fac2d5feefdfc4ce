/** Makes a network that computes on an engine from a list of layers and their weights. */
import type { Tensor } from "@tensorflow/tfjs";
import { at, valueOf } from "../at.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import type { Tf } from "../engine/engine.ts";
import type { LayerTensors } from "./kinds/kind.ts";
import { kindOf } from "./kinds/kinds.ts";
import { describe } from "./layers.ts";
import type { LayerWeights } from "./weights.ts";

/** A network for inference. */
export interface Network {
  /**
   * Returns what the last layer makes of the input, which the caller disposes. Nothing else is left behind: the output
   * of a layer is freed once the last layer that needs it has run.
   */
  predict(input: Tensor): Tensor;
  /** Frees the weights. */
  dispose(): void;
}

/**
 * Makes a network of the list of layers, with the given weights. Its input takes the place of the input layer.
 *
 * The tensors are made layer by layer, so that no second copy of all weights is held in memory.
 *
 * @param weights the weights of each layer that has any, in the list's order, as `matchWeights` returns them
 */
export function buildNetwork(tf: Tf, specs: readonly LayerSpec[], weights: readonly LayerWeights[]): Network {
  const given = new Map(weights.map((layer) => [layer.name, layer]));
  const rows = describe(specs);
  for (const row of rows) {
    if (row.weights.length > 0 && !given.has(row.name)) throw new Error(`no weights given for layer ${row.name}`);
  }
  const tensors = new Map(rows.map(({ name }) => [name, tensorsOf(tf, given.get(name))]));
  return {
    predict: (input) =>
      runLayers(specs, input, (spec, inputs) => computeLayer(tf, spec, inputs, valueOf(tensors, spec.name))),
    dispose: () => tf.dispose([...tensors.values()].flatMap((layer) => [...layer.values()])),
  };
}

/** Makes tensors of a layer's weights that outlive any `tf.tidy`. The caller disposes them. */
export function tensorsOf(tf: Tf, layer: LayerWeights | undefined): LayerTensors {
  const weights = layer?.weights ?? [];
  return new Map(weights.map(({ name, data, shape }) => [name, tf.keep(tf.tensor(data, [...shape], "float32"))]));
}

/** Returns what a layer makes of its inputs, which the caller disposes. */
export function computeLayer(
  tf: Tf,
  spec: LayerSpec,
  inputs: readonly Tensor[],
  weights: LayerTensors,
): Tensor {
  return tf.tidy(() => kindOf(spec.type).compute(tf, spec, inputs, weights));
}

/**
 * Runs the layers in order and frees a layer's output once the last layer that needs it has run. Returns the output of
 * the last layer, which the caller disposes.
 *
 * @param input the output of the input layer; the caller disposes it
 * @param compute returns a layer's output as a new tensor
 */
export function runLayers(
  specs: readonly LayerSpec[],
  input: Tensor,
  compute: (spec: LayerSpec, inputs: readonly Tensor[]) => Tensor,
): Tensor {
  const last = at(specs, specs.length - 1);
  const readers = new Map<string, number>([[last.name, 1]]);
  for (const name of specs.flatMap(({ inputs }) => inputs)) readers.set(name, (readers.get(name) ?? 0) + 1);
  const outputs = new Map<string, Tensor>();
  const free = (name: string) => {
    valueOf(outputs, name).dispose();
    outputs.delete(name);
  };
  for (const spec of specs) {
    const inputs = spec.inputs.map((name) => valueOf(outputs, name));
    outputs.set(spec.name, spec.type === "InputLayer" ? input.clone() : compute(spec, inputs));
    if (!readers.has(spec.name)) free(spec.name);
    for (const name of spec.inputs) {
      const left = valueOf(readers, name) - 1;
      readers.set(name, left);
      if (left === 0) free(name);
    }
  }
  return valueOf(outputs, last.name);
}
