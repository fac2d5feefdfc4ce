/** Finds out what of CUDA is on this machine, for the list of engines. */
import { folderSize } from "../../files/folder_size.ts";
import type { EnginePresence } from "../engine.ts";
import { inspectTensorflow } from "../tensorflow/inspect.ts";
import { namingOf } from "../tensorflow/named_folder.ts";
import { platformName } from "../wheels/pinned.ts";
import { TENSORFLOW_CUDA } from "./build.ts";
import { hasDriver } from "./driver.ts";
import { findBuild, type FindOptions, missingWheels } from "./find.ts";
import { type Place, thisPlace } from "./place.ts";
import { CUDA_PLATFORM, downloadBytes } from "./wheels.ts";
import { obstacleLine, unfitFolderLine } from "./words.ts";

/** What is asked for. */
export interface InspectOptions extends Omit<FindOptions, "onProgress"> {
  /** Whether the machine has NVIDIA's driver. */
  readonly driver?: boolean;
  readonly place?: Place;
}

/**
 * Returns what of CUDA is on this machine. Whether a GPU can be used is only known by asking the driver, which the
 * setup does. Whether a named folder has a build for CUDA is known once it is set up. The download is that of
 * TensorFlow for the processor, too; the size on disk is that of CUDA alone.
 */
export function inspectCuda(options: InspectOptions): EnginePresence {
  const { folder, env, platform = platformName(), driver = hasDriver(), place = thisPlace() } = options;
  const setup = { ...options, onProgress: () => {} };
  const found = findBuild(setup);
  const trainer = inspectTensorflow(options);
  const obstacle = platform !== CUDA_PLATFORM ? "other system" : driver ? null : "no driver";
  const unfit = folder !== undefined && found === null && trainer.here ? unfitFolderLine(namingOf(folder, env)) : null;
  return {
    here: found !== null && trainer.here && obstacle === null,
    version: found?.version ?? (folder === undefined ? TENSORFLOW_CUDA.version : null),
    device: "gpu",
    bytes: found === null ? 0 : found.folders.reduce((sum, folder) => sum + folderSize(folder), 0),
    downloadBytes: (found === null ? downloadBytes(missingWheels(setup)) : 0) + trainer.downloadBytes,
    problem: obstacle === null ? trainer.problem ?? unfit : obstacleLine({ kind: obstacle }, place),
  };
}
