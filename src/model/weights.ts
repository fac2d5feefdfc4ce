/** A model's weights as plain arrays, and how the weights of a file are assigned to a list of layers. */
import { at } from "../at.ts";
import { counted } from "../counted.ts";
import { HeadlightError } from "../errors.ts";
import type { LayerSpec, Shape } from "../bases/layer_spec.ts";
import { describe } from "./layers.ts";

/** The name and shape of a weight. */
export interface WeightShape {
  /** The name in the file, e.g. conv1/conv/kernel:0, or Keras's short name, e.g. kernel. */
  readonly name: string;
  readonly shape: Shape;
}

/** A weight with its values. */
export interface Weight extends WeightShape {
  /** The values in row-major order. */
  readonly data: Float32Array;
}

/** A layer's name and its weights, in Keras's order. */
export interface LayerOf<W extends WeightShape> {
  readonly name: string;
  readonly weights: readonly W[];
}
export type LayerShapes = LayerOf<WeightShape>;
export type LayerWeights = LayerOf<Weight>;

/**
 * How the layers of a file are assigned to those of a list. "base": the list is a base, and the file may also have the
 * layers before or after it, such as a top. "own": the list is a part of the file's own model.
 */
export type Matching = "base" | "own";

/**
 * Assigns the weights of a file to the layers of a list.
 *
 * By name, if the file has all names of the list. Otherwise by order, like Keras. Layers without weights are ignored on
 * both sides. The result has the list's names for layers and weights.
 *
 * @param source the name of the file in errors
 * @throws HeadlightError (exit status 2) if layers are missing or superfluous, or if a shape differs
 */
export function matchWeights<W extends WeightShape>(
  file: readonly LayerOf<W>[],
  specs: readonly LayerSpec[],
  source: string,
  matching: Matching = "base",
): LayerOf<W>[] {
  const expected = describe(specs).filter((row) => row.weights.length > 0);
  const all = file.filter((layer) => layer.weights.length > 0);
  const found = layersByName(all, expected, matching) ?? all;
  const problem = countProblem(found, expected) ?? shapeProblem(found, expected);
  if (problem) {
    throw new HeadlightError(`${source}: ${problem}. Use a file with the weights of the base without its top layers.`);
  }
  return expected.map((row, index) => ({
    name: row.name,
    weights: at(found, index).weights.map((weight, place) => ({ ...weight, name: at(row.weights, place).name })),
  }));
}

/**
 * Returns the file's layers that have the expected names, in the expected order; null if one is missing, or if there
 * are other layers between them. ResNet101 has all layers of ResNet50, and others between them.
 */
function layersByName<W extends WeightShape>(
  found: readonly LayerOf<W>[],
  expected: readonly LayerShapes[],
  matching: Matching,
): LayerOf<W>[] | null {
  const places = new Map(found.map(({ name }, place) => [plainName(name), place]));
  const wanted = expected.map(({ name }) => places.get(plainName(name)) ?? -1);
  if (wanted.length === 0 || wanted.includes(-1)) return null;
  const [first, last] = [Math.min(...wanted), Math.max(...wanted)];
  if (matching === "base" && last - first + 1 !== wanted.length) return null;
  return wanted.map((place) => at(found, place));
}

/** Normalizes a layer name. Files may have a slash where Keras 3 has an underscore. */
function plainName(name: string): string {
  return name.replaceAll("/", "_");
}

/** Describes the difference if a file has another number of layers than expected. Returns null if it has the same. */
function countProblem(found: readonly LayerShapes[], expected: readonly LayerShapes[]): string | null {
  if (found.length === expected.length) return null;
  const counts = `the file has ${found.length} layers with weights, the base has ${expected.length}`;
  if (!found.some((layer) => nameIn(expected, layer))) {
    // No name matches, so it is unknown which layer is missing. The file probably belongs to another network.
    return [counts, shapeProblem(found, expected)].filter((part) => part !== null).join(", ");
  }
  const lacking = expected.find((layer) => !nameIn(found, layer));
  const extra = found.find((layer) => !nameIn(expected, layer));
  if (found.length < expected.length && lacking) return `layer ${lacking.name} is missing (${counts})`;
  return extra ? `layer ${extra.name} is not part of the base (${counts})` : counts;
}

function nameIn(layers: readonly LayerShapes[], { name }: LayerShapes): boolean {
  return layers.some((layer) => plainName(layer.name) === plainName(name));
}

/** Describes the first layer that has other weights than expected. Returns null if there is none. */
function shapeProblem(found: readonly LayerShapes[], expected: readonly LayerShapes[]): string | null {
  for (const [index, layer] of expected.entries()) {
    const actual = found[index];
    if (!actual) continue;
    const own = plainName(actual.name) === layer.name ? layer.name : `${layer.name} (${actual.name} in the file)`;
    if (actual.weights.length !== layer.weights.length) {
      return `layer ${own} has ${
        counted(actual.weights.length, "weight", "weights")
      }, expected ${layer.weights.length}`;
    }
    for (const [place, { name, shape }] of layer.weights.entries()) {
      const got = at(actual.weights, place).shape;
      if (got.join() === shape.join()) continue;
      return `layer ${own}: ${name} has shape (${got.join(", ")}), expected (${shape.join(", ")})`;
    }
  }
  return null;
}
