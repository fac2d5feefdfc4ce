/** Names layers as Keras does when no name is given: the class in snake case, counted from the second one on. */
import type { LayerKind } from "./layer_spec.ts";

export class KerasNames {
  readonly #counts = new Map<string, number>();

  /** @param taken names of other layers, which are skipped */
  constructor(private readonly taken: ReadonlySet<string> = new Set()) {}

  /** Returns the name of the next layer of a class, for example "dense", then "dense_1". */
  next(type: LayerKind["type"]): string {
    const name = snakeCase(type);
    const count = this.#counts.get(name) ?? 0;
    this.#counts.set(name, count + 1);
    const numbered = count === 0 ? name : `${name}_${count}`;
    return this.taken.has(numbered) ? this.next(type) : numbered;
  }
}

/** Returns a class's name in snake case by Keras's rule (`to_snake_case`): "Conv2D" is "conv2d". */
function snakeCase(name: string): string {
  return name.replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2").replaceAll(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
}
