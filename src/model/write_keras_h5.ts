/** Writes weights in the HDF5 layout that Keras and `readKerasWeights` read. */
import { dirname } from "node:path";
import { asideOf, removeIfThere } from "../files/atomic.ts";
import { type Hdf5, writeHdf5 } from "./hdf5.ts";
import type { LayerWeights } from "./weights.ts";

/**
 * Writes the weights to a temporary file, syncs it and renames it into place, so readers never see a partial file.
 * Creates the folder if it does not exist.
 *
 * @throws the system's error if the file cannot be written, as on a full disk
 */
export async function writeKerasWeights(path: string, layers: readonly LayerWeights[]): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const aside = asideOf(path);
  try {
    await writeHdf5(aside, (hdf5) => writeInto(hdf5, layers));
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

function writeInto({ file, group }: Hdf5, layers: readonly LayerWeights[]): void {
  file.create_attribute("layer_names", layers.map((layer) => layer.name));
  for (const { name, weights } of layers) {
    file.create_group(name);
    // In Keras's own files, the datasets of a layer are in a group with the layer's name inside the layer's group.
    const inner = `/${name}/${name}`;
    group(`/${name}`).create_group(name);
    group(`/${name}`).create_attribute("weight_names", weights.map((weight) => `${name}/${weight.name}:0`));
    for (const weight of weights) {
      group(inner).create_dataset({ name: `${weight.name}:0`, data: weight.data, shape: [...weight.shape] });
    }
  }
}
