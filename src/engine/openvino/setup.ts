/** Sets up OpenVINO on this machine, once, with TensorFlow, which records the base's graph and trains the head. */
import { type SetupOptions, setUpTensorflow, wheelsToDownload } from "../tensorflow/setup.ts";
import { enginesFolder } from "../wheels/folders.ts";
import { receivedBytes } from "../wheels/kept.ts";
import { peakBytes, requireSpace } from "../wheels/limits.ts";
import { platformName, type Wheel } from "../wheels/pinned.ts";
import { atMostEvery } from "../wheels/progress.ts";
import { findWheel, type ProvideOptions, provideWheel } from "../wheels/provide.ts";
import type { OpenvinoFiles } from "./files.ts";
import { type OpenvinoMachine, requireMachine, thisMachine } from "./platform.ts";
import { openvinoParts, openvinoWheel } from "./wheel.ts";

/** The options of the setup. Those of `SetupOptions` are TensorFlow's, including the folder that the person named. */
export interface OpenvinoSetupOptions extends SetupOptions {
  /** The wheel of OpenVINO; null if there is none. */
  readonly openvino?: Wheel | null;
  readonly machine?: OpenvinoMachine;
  /** Tests the unpacked libraries before they are used for the first time. */
  readonly verifyOpenvino?: ProvideOptions["verify"];
}

/** The result of the setup. */
export interface OpenvinoSetup {
  readonly files: OpenvinoFiles;
  /** Notices for the person about either part. */
  readonly notices: readonly string[];
}

/**
 * Returns an OpenVINO that is ready to be loaded, and the TensorFlow beside it. Takes both from the cache in a few
 * milliseconds, or sets up what is missing with progress reports.
 *
 * @throws HeadlightError with exit status 2 if the named folder contains no usable TensorFlow, with 1 if OpenVINO does
 * not run on this machine, or if either could not be set up
 */
export async function setUpOpenvino(options: OpenvinoSetupOptions): Promise<OpenvinoSetup> {
  const { cacheRoot, python = "python3", signal } = options;
  // Before TensorFlow's 274 MB are downloaded in vain.
  const { platform, wheel } = requireOpenvino(options);
  const parts = openvinoParts(wheel, platform);
  if (findWheel(parts, cacheRoot) === null) {
    // Before the first of two downloads. TensorFlow comes first.
    const missing = [...await wheelsToDownload(options), wheel];
    const engines = enginesFolder(cacheRoot);
    requireSpace(engines, peakBytes(missing) - receivedBytes(missing, engines), parts.engine);
  }
  const trainer = await setUpTensorflow(options);
  const onProgress = atMostEvery(100, options.onProgress);
  const libraries = await provideWheel(parts, {
    cacheRoot,
    python,
    onProgress,
    signal,
    verify: options.verifyOpenvino,
  });
  return {
    files: { kind: "openvino", version: wheel.version, device: "cpu", libraries, trainer: trainer.files },
    notices: trainer.notices,
  };
}

/** Returns the wheel for this machine. @throws HeadlightError (1) if OpenVINO does not run on it */
export function requireOpenvino({ platform = platformName(), openvino, machine }: OpenvinoSetupOptions) {
  const pinned = openvino === undefined ? openvinoWheel(platform) : openvino;
  return { platform, wheel: requireMachine(pinned, machine ?? thisMachine(platform)) };
}
