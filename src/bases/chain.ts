/** Builds a list of layers. Each layer takes the one before it as its input, unless other inputs are given. */
import type { LayerKind, LayerSpec } from "./layer_spec.ts";

/** A list of layers that grows at its end. */
export class LayerChain {
  readonly #layers: LayerSpec[] = [];

  /**
   * @param trainable whether the layers of this chain are trainable. The layers of a base are not.
   * @param last the name of the layer that the first added layer takes as its input; none for an input layer
   */
  constructor(readonly trainable: boolean, private last?: string) {}

  /** Appends a layer. Returns its name, which later layers can name as their input. */
  add(name: string, kind: LayerKind, inputs: readonly string[] = this.last === undefined ? [] : [this.last]): string {
    this.#layers.push({ name, inputs, trainable: this.trainable, ...kind });
    this.last = name;
    return name;
  }

  get layers(): readonly LayerSpec[] {
    return this.#layers;
  }
}
