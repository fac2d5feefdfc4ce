/** Where a layer's weights are in the files that Keras writes. */

export interface WeightPlace {
  /** The layer's own name. */
  readonly layer: string;
  /** Legacy HDF5: the name of the layer's group. Layers of a nested model share the nested model's. */
  readonly group: string;
  /** Whether the layer is in a nested model. */
  readonly nested: boolean;
  /**
   * Whether the layer was trainable when the model was saved. In a nested model's group, trainable weights come first.
   */
  readonly trainable: boolean;
  /** Keras 3: the path of the layer's group, for example `layers/functional/layers/conv2d_1`. */
  readonly path: string;
}

/**
 * Assigns Keras 3's group names to the layers of a model: the class in snake case, and a number from the second layer
 * of a class on (keras/src/saving/saving_lib.py, `_save_container_state`).
 */
export class GroupNames {
  readonly #used = new Map<string, number>();

  /** Returns the group name of the model's next layer. */
  next(className: string): string {
    const name = snakeCase(className);
    const number = this.#used.get(name) ?? 0;
    this.#used.set(name, number + 1);
    return number === 0 ? name : `${name}_${number}`;
  }
}

/** Converts a class name as Keras does (keras/src/utils/naming.py, `to_snake_case`). */
export function snakeCase(className: string): string {
  return className.replaceAll(/[^\p{L}\p{N}_]+/gu, "")
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
