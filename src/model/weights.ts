/** Weights of a model as plain arrays, and how those of a file are brought together with a list of layers. */
import { at } from "../at.ts";
import { HeadlightError } from "../errors.ts";
import type { LayerSpec, Shape } from "../bases/layer_spec.ts";
import { describe } from "./layers.ts";

export interface WeightShape {
  /** As the file has it, e.g. conv1/conv/kernel:0, or Keras's short name, e.g. kernel. */
  readonly name: string;
  readonly shape: Shape;
}

export interface Weight extends WeightShape {
  /** Row-major. */
  readonly data: Float32Array;
}

/** A layer with its weights in Keras's order. */
export interface LayerOf<W extends WeightShape> {
  readonly name: string;
  readonly weights: readonly W[];
}
export type LayerShapes = LayerOf<WeightShape>;
export type LayerWeights = LayerOf<Weight>;

/**
 * Gives each layer of the list that has weights those of the file. Keras matches by order, not by name, and so does
 * this; layers without weights do not count, on either side. The result has the list's names, of layers and weights.
 *
 * @param source names the file in errors.
 * @throws HeadlightError (exit status 2) when layers are lacking or too many, or a shape is not the one expected.
 */
export function matchWeights<W extends WeightShape>(
  file: readonly LayerOf<W>[],
  specs: readonly LayerSpec[],
  source: string,
): LayerOf<W>[] {
  const expected = describe(specs).filter((row) => row.weights.length > 0);
  const found = file.filter((layer) => layer.weights.length > 0);
  const problem = countProblem(found, expected) ?? shapeProblem(found, expected);
  if (problem) throw new HeadlightError(`${source}: ${problem}; give the weights of the base without its top`);
  return expected.map((row, index) => ({
    name: row.name,
    weights: at(found, index).weights.map((weight, place) => ({ ...weight, name: at(row.weights, place).name })),
  }));
}

/** Names in files may have a slash where Keras 3 has an underscore. */
function plainName(name: string): string {
  return name.replaceAll("/", "_");
}

function countProblem(found: readonly LayerShapes[], expected: readonly LayerShapes[]): string | null {
  if (found.length === expected.length) return null;
  const counts = `the file has ${found.length} layers with weights, the base ${expected.length}`;
  if (!found.some((layer) => nameIn(expected, layer))) {
    // Nothing to tell a lacking layer by; most likely the file belongs to another network.
    return [counts, shapeProblem(found, expected)].filter((part) => part !== null).join(", ");
  }
  const lacking = expected.find((layer) => !nameIn(found, layer));
  const extra = found.find((layer) => !nameIn(expected, layer));
  if (found.length < expected.length && lacking) return `lacks layer ${lacking.name} (${counts})`;
  return extra ? `has the layer ${extra.name}, which the base does not have (${counts})` : counts;
}

function nameIn(layers: readonly LayerShapes[], { name }: LayerShapes): boolean {
  return layers.some((layer) => plainName(layer.name) === plainName(name));
}

function shapeProblem(found: readonly LayerShapes[], expected: readonly LayerShapes[]): string | null {
  for (const [index, layer] of expected.entries()) {
    const actual = found[index];
    if (!actual) continue;
    const own = plainName(actual.name) === layer.name ? layer.name : `${layer.name} (${actual.name} in the file)`;
    if (actual.weights.length !== layer.weights.length) {
      return `layer ${own} has ${actual.weights.length} weights where the base has ${layer.weights.length}`;
    }
    for (const [place, { name, shape }] of layer.weights.entries()) {
      const got = at(actual.weights, place).shape;
      if (got.join() === shape.join()) continue;
      return `layer ${own} has ${name} of shape (${got.join(", ")}) where the base has (${shape.join(", ")})`;
    }
  }
  return null;
}
