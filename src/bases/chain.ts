/** A builder for lists of layers: each takes the one before as its input unless told otherwise. */
import type { LayerKind, LayerSpec } from "./layer_spec.ts";

export class LayerChain {
  readonly #layers: LayerSpec[] = [];

  /** @param trainable what the layers of this chain are; a base is frozen. */
  constructor(readonly trainable: boolean, private last?: string) {}

  /** Appends a layer and returns its name, for those that take their input from further back. */
  add(name: string, kind: LayerKind, inputs: readonly string[] = this.last === undefined ? [] : [this.last]): string {
    this.#layers.push({ name, inputs, trainable: this.trainable, ...kind });
    this.last = name;
    return name;
  }

  get layers(): readonly LayerSpec[] {
    return this.#layers;
  }
}
