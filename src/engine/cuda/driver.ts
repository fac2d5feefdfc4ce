/** Whether NVIDIA's driver is on this machine, found out in a millisecond. */
import { isInstalled } from "./find_library.ts";

/** The driver's libraries, by the names that the loader searches for. */
export const LIBCUDA = "libcuda.so.1";
export const LIBNVML = "libnvidia-ml.so.1";

/** Returns whether the loader would find the driver. Opens nothing, so the driver may not work. */
export function hasDriver(os: typeof Deno.build.os = Deno.build.os): boolean {
  return os === "linux" && isInstalled(LIBCUDA, Deno.env.get("LD_LIBRARY_PATH") ?? "");
}
