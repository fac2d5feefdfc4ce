/**
 * Reads the legacy weights layout of Keras (keras/src/legacy/saving/legacy_h5_format.py), in .h5 files. The root group
 * has the attribute `layer_names`. The group of each layer has the attribute `weight_names`, which lists the layer's
 * datasets. A file of a whole model has the same structure in the group `model_weights`, and the model's config in the
 * attribute `model_config`.
 */
import { HeadlightError } from "../errors.ts";
import { type Dataset, errorText, type Group, type Hdf5 } from "./hdf5.ts";
import { nestedWeights, type PlacedLayer } from "./nested_weights.ts";
import type { LayerOf, WeightShape } from "./weights.ts";

/** Reads the shape, and where requested the values, of a dataset. */
export type ReadWeight<W extends WeightShape> = (name: string, dataset: Dataset) => W;

/** Returns the group that contains the layers, or null if the file has another layout. */
export function legacyRoot({ file, group }: Hdf5): Group | null {
  const has = (group: Group) => "layer_names" in group.attrs || "layer_names0" in group.attrs;
  if (has(file)) return file;
  if (!file.keys().includes("model_weights")) return null;
  const inner = group("/model_weights");
  return has(inner) ? inner : null;
}

/** Returns a text attribute of the file, or null if it has none of this name. */
export function textAttribute({ file }: Hdf5, name: string): string | null {
  const value = name in file.attrs ? file.get_attribute(name, false) : null;
  return typeof value === "string" ? value : null;
}

/**
 * Reads all layers in the file's order, including layers without weights.
 *
 * @param model the layers of the model, which tell what is in the group of a nested model; null if they are unknown, in
 * which case a nested model is one layer
 */
export function readLegacyLayers<W extends WeightShape>(
  hdf5: Hdf5,
  root: Group,
  model: readonly PlacedLayer[] | null,
  read: ReadWeight<W>,
): LayerOf<W>[] {
  return listed(root, "layer_names").flatMap((name) => {
    const layer = readLayer(hdf5, `${root.path}/${name}`, name, read);
    const members = model?.filter(({ place }) => place.group === name && place.nested) ?? [];
    if (members.length > 0) return nestedWeights(layer, members);
    // Names are unique in the model's list, and not in the file's.
    const own = model?.find(({ place }) => place.group === name);
    return [own ? { ...layer, name: own.name } : layer];
  });
}

function readLayer<W extends WeightShape>(hdf5: Hdf5, path: string, name: string, read: ReadWeight<W>): LayerOf<W> {
  try {
    const weightNames = listed(hdf5.group(path), "weight_names");
    return { name, weights: weightNames.map((weight) => read(weight, hdf5.dataset(`${path}/${weight}`))) };
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    const line = `layer ${name} cannot be read (${errorText(error)}). Download or copy the file again.`;
    throw new HeadlightError(line, 2, { cause: error });
  }
}

/**
 * Returns the list of names in an attribute. Keras splits a list that exceeds HDF5's limit of 64 KiB into several
 * attributes: name0, name1, …
 */
function listed(group: Group, attribute: string): string[] {
  const { attrs } = group;
  if (attribute in attrs) return strings(group, attribute);
  const parts: string[] = [];
  for (let part = 0; `${attribute}${part}` in attrs; part++) parts.push(...strings(group, `${attribute}${part}`));
  if (!(`${attribute}0` in attrs)) {
    throw new HeadlightError(`group ${group.path} has no attribute ${attribute}. Download or copy the file again.`);
  }
  return parts;
}

/**
 * Returns the strings of an attribute. An empty list is stored as an array of numbers, for which it returns no strings.
 */
function strings(group: Group, attribute: string): string[] {
  const value = group.get_attribute(attribute, false);
  if (Array.isArray(value)) return value.filter((entry) => typeof entry === "string");
  return typeof value === "string" ? [value] : [];
}
