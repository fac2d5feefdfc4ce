/**
 * Remembers on which GPUs TensorFlow was tested, so that this is done once: with PTX, the driver compiles kernels then,
 * and keeps them.
 */
import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isSystemError } from "../../files/system_error.ts";
import { enginesFolder } from "../wheels/folders.ts";
import type { CudaFiles } from "./files.ts";

/** A GPU with its driver and a build of TensorFlow, in one cache. */
export class KnownGpus {
  readonly #path: string;

  constructor(cacheRoot: string, { device_name: gpu, version, addon, libraries }: CudaFiles, driver: string | null) {
    const text = JSON.stringify([gpu, driver, version, addon, libraries]);
    const hash = createHash("sha256").update(text).digest("hex");
    this.#path = join(enginesFolder(cacheRoot), `.gpu-${hash.slice(0, 16)}`);
  }

  /** Returns whether TensorFlow was tested on it. */
  has(): boolean {
    return existsSync(this.#path);
  }

  /** Remembers that TensorFlow computes on it. If the cache cannot be written, it is tested again the next time. */
  add(): void {
    try {
      writeFileSync(this.#path, "");
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }
}
