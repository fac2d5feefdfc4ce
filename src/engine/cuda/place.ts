/** Where Headlight runs, as far as it changes how NVIDIA's driver is installed. */
import { existsSync, readFileSync } from "node:fs";

/** In a container and in WSL2 the driver is that of the host. A container on WSL2 is a container. */
export type Place = "linux" | "wsl2" | "container";

/** Files that Docker and Podman create in each container. */
const CONTAINER_FILES = ["/.dockerenv", "/run/.containerenv"];

/**
 * Returns the place for facts about the machine.
 *
 * @param release the kernel's release, /proc/sys/kernel/osrelease
 * @param containerFiles whether a container's files exist
 * @param env reads an environment variable; Apptainer sets APPTAINER_CONTAINER, systemd-nspawn and Podman `container`
 */
export function placeOf(release: string, containerFiles: boolean, env: (name: string) => string | undefined): Place {
  const variables = ["container", "APPTAINER_CONTAINER", "SINGULARITY_CONTAINER", "KUBERNETES_SERVICE_HOST"];
  if (containerFiles || variables.some((name) => env(name))) return "container";
  return /microsoft/i.test(release) ? "wsl2" : "linux";
}

/** Returns the place where this process runs. */
export function thisPlace(): Place {
  return placeOf(
    readText("/proc/sys/kernel/osrelease"),
    CONTAINER_FILES.some((path) => existsSync(path)),
    (name) => Deno.env.get(name),
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
