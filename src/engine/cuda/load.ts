/** Loads TensorFlow's build for CUDA into this process. */
import type { BaseEngine, Tf } from "../engine.ts";
import { loadAddon } from "../tensorflow/node/load.ts";
import { cudaGraphs } from "./base_graphs.ts";
import { cudaEnvironment, setVariables } from "./environment.ts";
import type { CudaFiles } from "./files.ts";
import { openLibraries } from "./open_libraries.ts";

/** What of the engine is loaded. */
export type LoadedCuda = Pick<BaseEngine, "version" | "device" | "deviceName" | "baseGraphs"> & { readonly tf: Tf };

/**
 * Loads TensorFlow so that it sees one GPU. This process computes on no other from then on.
 *
 * @throws HeadlightError (1) if one of CUDA's libraries cannot be opened
 */
export async function loadCuda(files: CudaFiles): Promise<LoadedCuda> {
  setVariables(cudaEnvironment(files, (name) => Deno.env.get(name)));
  openLibraries(files.libraries);
  const { tf, version, device } = await loadAddon(files.addon);
  const { device_name: deviceName } = files;
  return { version, device, deviceName, tf, baseGraphs: cudaGraphs(tf, deviceName) };
}
