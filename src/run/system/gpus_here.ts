/** Chooses where the figures of this machine's GPUs come from. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LIBNVML } from "../../engine/cuda/driver.ts";
import { isInstalled } from "../../engine/cuda/find_library.ts";
import type { GpuSource } from "./gpu_source.ts";
import { NvmlGpus } from "./nvml_gpus.ts";
import { SmiGpus } from "./smi_gpus.ts";

/** The device files of NVIDIA's driver: that of its kernel module, and on WSL2 that of Windows's driver. */
const DEVICE_FILES = ["nvidiactl", "dxg"];
/** NVIDIA's number in the PCI bus's list of vendors, and the class of devices that display or compute. */
const NVIDIA = "0x10de";
const DISPLAY = "0x03";

/** Where to look for GPUs. */
export interface Places {
  /** The folder of device files. */
  readonly devices?: string;
  /** The folder of the devices on the PCI bus. */
  readonly pci?: string;
  /** The file name of libnvidia-ml, which the loader searches for, or its path. */
  readonly library?: string;
}

/** Returns the source for this machine. Without an NVIDIA GPU it never starts a process. */
export function gpusHere(): GpuSource {
  const found = findSource();
  if (found === null) return { ask: () => Promise.resolve(null), stop: () => {} };
  return found === "libnvidia-ml" ? new NvmlGpus(new SmiGpus()) : new SmiGpus();
}

/**
 * Returns what can report this machine's GPUs, or null if it has none. The library alone is no sign of a GPU: on a
 * cluster, machines without one often have the same packages. The kernel module may be loaded only when the library is
 * opened, which creates the device files.
 */
export function findSource(places: Places = {}): "libnvidia-ml" | "nvidia-smi" | null {
  const { devices = "/dev", pci = "/sys/bus/pci/devices", library = LIBNVML } = places;
  const isThere = isInstalled(library, Deno.env.get("LD_LIBRARY_PATH") ?? "");
  const isOpen = DEVICE_FILES.some((name) => existsSync(join(devices, name)));
  if (!isOpen && !(isThere && hasNvidiaGpu(pci))) return null;
  return isThere ? "libnvidia-ml" : "nvidia-smi";
}

function hasNvidiaGpu(pci: string): boolean {
  try {
    return readdirSync(pci).some((device) =>
      readFileSync(join(pci, device, "vendor"), "latin1").startsWith(NVIDIA) &&
      readFileSync(join(pci, device, "class"), "latin1").startsWith(DISPLAY)
    );
  } catch {
    // There is no such folder (macOS, some containers), or a device was just removed.
    return false;
  }
}
