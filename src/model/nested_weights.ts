/** Which of the weights in a nested model's legacy group belong to which layer. */
import { HeadlightError } from "../errors.ts";
import type { WeightPlace } from "./keras_config/weight_place.ts";
import type { LayerOf, WeightShape } from "./weights.ts";

/** A layer of the model that a file says it contains. */
export interface PlacedLayer {
  readonly name: string;
  readonly place: WeightPlace;
  /** Its weights in order; null if they are unknown. */
  readonly weights: readonly { readonly trainable: boolean }[] | null;
}

/**
 * Returns the layers of a nested model, from the one group in which the file has all their weights.
 *
 * Weights are called after their layers, for example `block1_conv/kernel`. Where they are not, they are in the order in
 * which Keras writes them: first those that were trainable, then the others, both in the order of the layers.
 *
 * @param members the layers of the nested model, in the model's order
 */
export function nestedWeights<W extends WeightShape>(group: LayerOf<W>, members: readonly PlacedLayer[]): LayerOf<W>[] {
  const found = byName(group.weights, members) ?? byOrder(group.weights, members);
  if (found) return found;
  throw new HeadlightError(
    `the names of the weights in ${group.name} do not tell their layers. Save the model again with a current Keras.`,
  );
}

function byName<W extends WeightShape>(weights: readonly W[], members: readonly PlacedLayer[]): LayerOf<W>[] | null {
  const layers = new Map(members.map(({ place }) => [place.layer, [] as W[]]));
  if (layers.size < members.length) return null;
  for (const weight of weights) {
    const owner = owners(weight.name).map((name) => layers.get(name)).find((owned) => owned !== undefined);
    if (!owner) return null;
    owner.push(weight);
  }
  return members.map(({ name, place }) => ({ name, weights: layers.get(place.layer) ?? [] }));
}

/** Returns the names that a weight's layer may have, longest first: names of layers can contain slashes. */
function owners(weight: string): string[] {
  const parts = weight.split("/").slice(0, -1);
  return parts.map((_, start) => parts.slice(start).join("/"));
}

function byOrder<W extends WeightShape>(weights: readonly W[], members: readonly PlacedLayer[]): LayerOf<W>[] | null {
  const slots = members.flatMap(({ weights, place }, layer) =>
    (weights ?? []).map(({ trainable }) => ({ layer, first: trainable && place.trainable }))
  );
  if (slots.length !== weights.length || members.some(({ weights }) => weights === null)) return null;
  const ordered = [...slots.filter(({ first }) => first), ...slots.filter(({ first }) => !first)];
  const owned = members.map((): W[] => []);
  for (const [index, weight] of weights.entries()) owned[ordered[index]?.layer ?? -1]?.push(weight);
  return members.map(({ name }, index) => ({ name, weights: owned[index] ?? [] }));
}
