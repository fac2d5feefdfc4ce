/** Finds out what of OpenVINO is on this machine, for the list of engines. */
import { errorLine } from "../../errors.ts";
import { folderSize } from "../../files/folder_size.ts";
import type { EnginePresence } from "../engine.ts";
import { inspectTensorflow } from "../tensorflow/inspect.ts";
import { platformName, type Wheel } from "../wheels/pinned.ts";
import { findWheel } from "../wheels/provide.ts";
import { type OpenvinoMachine, requireMachine, thisMachine } from "./platform.ts";
import type { OpenvinoSetupOptions } from "./setup.ts";
import { openvinoParts, openvinoWheel } from "./wheel.ts";

/**
 * Returns what of OpenVINO is on this machine. It is here only together with a TensorFlow. The download is that of
 * both; the size on disk is that of OpenVINO alone.
 */
export function inspectOpenvino(options: Omit<OpenvinoSetupOptions, "onProgress">): EnginePresence {
  const { cacheRoot, platform = platformName(), machine = thisMachine(platform) } = options;
  const wheel = options.openvino === undefined ? openvinoWheel(platform) : options.openvino;
  const directory = wheel === null ? null : findWheel(openvinoParts(wheel, platform), cacheRoot);
  const trainer = inspectTensorflow(options);
  return {
    here: directory !== null && trainer.here,
    version: wheel?.version ?? null,
    device: "cpu",
    bytes: directory === null ? 0 : folderSize(directory),
    downloadBytes: (directory === null ? wheel?.bytes ?? 0 : 0) + trainer.downloadBytes,
    problem: problemOf(wheel, machine) ?? trainer.problem,
  };
}

function problemOf(wheel: Wheel | null, machine: OpenvinoMachine): string | null {
  try {
    requireMachine(wheel, machine);
    return null;
  } catch (error) {
    return errorLine(error);
  }
}
