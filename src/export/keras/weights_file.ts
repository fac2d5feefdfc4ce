/** Writes model.weights.h5, the weights of a .keras file, in Keras 3's layout (see `keras_store.ts`). */
import { valueOf } from "../../at.ts";
import { writeHdf5 } from "../../model/hdf5.ts";
import type { LayerWeights } from "../../model/weights.ts";

/**
 * Writes the weights to a new file.
 *
 * @param groups the group of each layer by its name, as `kerasConfig` returns them
 * @throws the system's error if the file cannot be written
 */
export async function writeWeightsFile(
  path: string,
  layers: readonly LayerWeights[],
  groups: ReadonlyMap<string, string>,
): Promise<void> {
  await writeHdf5(path, ({ file, group }) => {
    file.create_group("layers");
    for (const { name, weights } of layers) {
      const own = valueOf(groups, name);
      group("/layers").create_group(own);
      group(`/layers/${own}`).create_group("vars");
      for (const [index, { data, shape }] of weights.entries()) {
        group(`/layers/${own}/vars`).create_dataset({ name: String(index), data, shape: [...shape] });
      }
    }
  });
}
