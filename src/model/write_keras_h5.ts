/** Writes weights in the layout that Keras reads and `readKerasWeights` reads back. */
import { dirname } from "node:path";
import { asideOf, removeIfThere } from "../files/atomic.ts";
import { openHdf5 } from "./hdf5.ts";
import type { LayerWeights } from "./weights.ts";

/**
 * Writes the file aside, syncs it and renames it into place: readers see the whole of it or nothing. The folder is made
 * if need be.
 */
export async function writeKerasWeights(path: string, layers: readonly LayerWeights[]): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const aside = asideOf(path);
  try {
    await writeLayers(aside, layers);
    {
      using file = await Deno.open(aside, { read: true, write: true });
      await file.sync();
    }
    await Deno.rename(aside, path);
  } catch (error) {
    removeIfThere(aside);
    throw error;
  }
}

async function writeLayers(path: string, layers: readonly LayerWeights[]): Promise<void> {
  const { file, group } = await openHdf5(path, "w");
  try {
    file.create_attribute("layer_names", layers.map((layer) => layer.name));
    for (const { name, weights } of layers) {
      file.create_group(name);
      // Keras's own files have each layer's datasets in a group of the same name inside the layer's group.
      const inner = `/${name}/${name}`;
      group(`/${name}`).create_group(name);
      group(`/${name}`).create_attribute("weight_names", weights.map((weight) => `${name}/${weight.name}:0`));
      for (const weight of weights) {
        group(inner).create_dataset({ name: `${weight.name}:0`, data: weight.data, shape: [...weight.shape] });
      }
    }
  } finally {
    file.close();
  }
}
