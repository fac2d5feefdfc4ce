/** Loads a TensorFlow that was set up, on the device that was found then. */
import type { TensorflowFiles } from "./files.ts";
import { withGpusHidden } from "./hidden_gpus.ts";
import { loadAddon, type LoadedAddon } from "./node/load.ts";

/** Loads TensorFlow into this process. On the processor, it sees no GPU. */
export function loadTensorflow({ addon, device }: TensorflowFiles): Promise<LoadedAddon> {
  return device === "cpu" ? withGpusHidden(() => loadAddon(addon)) : loadAddon(addon);
}
