/** Sets up WebGPU on this machine, with TensorFlow, which trains the head. */
import { HeadlightError } from "../../errors.ts";
import { stripControl } from "../../text.ts";
import { packageVersion } from "../packages.ts";
import { type SetupOptions, setUpTensorflow } from "../tensorflow/setup.ts";
import { SOFTWARE_VARIABLE, webgpuLine } from "./adapter.ts";
import { detectWebgpu, type DetectWebgpuOptions, webgpuPlace } from "./detect.ts";
import type { WebgpuFiles } from "./files.ts";

/** The options of the setup. Those of `SetupOptions` are TensorFlow's, including the folder that the person named. */
export interface WebgpuSetupOptions extends SetupOptions {
  /** How the GPU is looked for. */
  readonly detection?: DetectWebgpuOptions | undefined;
}

/** The result of the setup. */
export interface WebgpuSetup {
  readonly files: WebgpuFiles;
  /** Notices for the person about either part. */
  readonly notices: readonly string[];
}

/** The npm package of tfjs's WebGPU backend. */
const PACKAGE = "@tensorflow/tfjs-backend-webgpu";

/** Returns the engine's version, which is that of tfjs's WebGPU backend. */
export function webgpuVersion(): string {
  return packageVersion(PACKAGE);
}

/**
 * Finds the GPU and sets up TensorFlow if it is missing. WebGPU itself needs nothing but the packages and the GPU's
 * driver.
 *
 * @throws HeadlightError with exit status 2 if the named folder contains no usable TensorFlow, with 1 if no GPU can be
 * used or TensorFlow could not be set up
 */
export async function setUpWebgpu(options: WebgpuSetupOptions): Promise<WebgpuSetup> {
  // Before TensorFlow's 274 MB are downloaded in vain.
  const { name, software } = await requireAdapter(options);
  const trainer = await setUpTensorflow(options);
  return {
    files: {
      kind: "webgpu",
      version: webgpuVersion(),
      device: "gpu",
      device_name: stripControl(name),
      trainer: trainer.files,
    },
    notices: [...(software ? [softwareNotice(name)] : []), ...trainer.notices],
  };
}

/** Returns the GPU that WebGPU finds. @throws HeadlightError (1) if none can be used */
export async function requireAdapter({ detection, signal }: WebgpuSetupOptions) {
  const found = await detectWebgpu({ signal, ...detection });
  if (found.kind !== "usable") throw new HeadlightError(webgpuLine(found, webgpuPlace()), 1);
  return found.adapter;
}

function softwareNotice(name: string): string {
  return `WebGPU computes on the processor, through ${stripControl(name)}, because ${SOFTWARE_VARIABLE} is set. ` +
    "This is slow and meant for tests.";
}
