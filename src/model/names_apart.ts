/** Names of layers that another network's layers must not have. */
import type { LayerSpec } from "../bases/layer_spec.ts";

/**
 * Returns the names of layers for a network in which some names are taken. A layer with such a name gets another one,
 * that no other layer has: `input_layer` becomes `base_input_layer`.
 */
export function namesApart(layers: readonly LayerSpec[], taken: readonly string[]): (name: string) => string {
  const used = new Set([...taken, ...layers.map(({ name }) => name)]);
  const renamed = new Map<string, string>();
  for (const { name } of layers) {
    if (!taken.includes(name)) continue;
    let other = `base_${name}`;
    while (used.has(other)) other += "_";
    used.add(other);
    renamed.set(name, other);
  }
  return (name) => renamed.get(name) ?? name;
}
