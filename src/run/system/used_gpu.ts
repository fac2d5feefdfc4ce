/** Finds out on which GPU a run computes. Pure. */
import type { EngineFiles } from "../../engine/engine.ts";
import type { SeenGpu } from "./gpu_source.ts";

/** What is known of the GPU on which an engine computes. */
export type GpuOfEngine = Pick<EngineFiles, "device" | "device_name" | "pci_bus_id">;

/**
 * Returns the place of the run's GPU in the list, or null if it is none of them or cannot be told.
 *
 * The address on the PCI bus decides if the engine knows it. The numbers of CUDA and nvidia-smi may differ, because
 * CUDA may sort the GPUs by speed and sees only some of them. An engine that knows no more than a name (WebGPU)
 * computes on the GPU of that name, and if several have it, on that which lists one of the run's processes.
 *
 * @param pids the run's processes
 */
export function usedGpu(gpus: readonly SeenGpu[], engine: GpuOfEngine, pids: readonly number[]): number | null {
  if (engine.device !== "gpu") return null;
  const { pci_bus_id: address, device_name: name } = engine;
  const places = [...gpus.keys()];
  const only = (wanted: (gpu: SeenGpu) => boolean): number | null => {
    const [first, ...others] = places.filter((place) => gpus[place] !== undefined && wanted(gpus[place]));
    return first === undefined || others.length > 0 ? null : first;
  };
  if (address !== undefined) {
    return only(({ pciBusId }) => pciBusId !== null && sameAddress(pciBusId, address));
  }
  return only((gpu) => gpu.name === name) ??
    only((gpu) => gpu.name === name && gpu.pids.some((pid) => pids.includes(pid)));
}

/** Compares addresses. The domain before the first colon has four or eight digits. */
function sameAddress(one: string, other: string): boolean {
  return normalized(one) === normalized(other);
}

function normalized(address: string): string {
  const [domain = "", ...rest] = address.toLowerCase().split(":");
  return [domain.padStart(8, "0"), ...rest].join(":");
}
