/** Finds out what of TensorFlow is on this machine, for the list of engines. */
import { errorLine } from "../../errors.ts";
import { folderSize } from "../../files/folder_size.ts";
import type { EnginePresence } from "../engine.ts";
import { platformName } from "../wheels/pinned.ts";
import { requirePlatform } from "./platform.ts";
import { findEarlier, findTensorflow, type SetupOptions } from "./setup.ts";
import { wheelFor } from "./wheel.ts";

/**
 * Returns what of TensorFlow is on this machine. A TensorFlow in Python that was not used yet is not looked for,
 * because that needs a process; the setup then downloads nothing.
 */
export function inspectTensorflow(options: Omit<SetupOptions, "onProgress">): EnginePresence {
  const { folder, platform = platformName() } = options;
  const setup = { ...options, onProgress: () => {} };
  const stored = findTensorflow(setup);
  const found = stored ?? findEarlier(setup);
  if (found !== null) {
    return {
      here: true,
      version: found.stamp.tensorflow,
      // Only loading a build for GPUs tells which device it computes on.
      device: stored?.stamp.gpu === null ? "cpu" : null,
      bytes: folderSize(found.directory),
      downloadBytes: 0,
      problem: null,
    };
  }
  const pinned = options.wheel === undefined ? wheelFor(platform) : options.wheel;
  const wheel = folder === undefined ? pinned : null;
  return {
    here: false,
    version: wheel?.version ?? null,
    device: wheel === null ? null : "cpu",
    bytes: 0,
    downloadBytes: wheel?.bytes ?? 0,
    problem: problemOf(platform),
  };
}

function problemOf(platform: string): string | null {
  try {
    requirePlatform(platform);
    return null;
  } catch (error) {
    return errorLine(error);
  }
}
