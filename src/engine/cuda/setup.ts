/**
 * Sets up CUDA on this machine: finds a GPU that can be used, a TensorFlow for CUDA with its libraries, or downloads
 * them, and tests once that TensorFlow computes on the GPU. TensorFlow for the processor is set up beside it.
 */
import prettyBytes from "pretty-bytes";
import { HeadlightError } from "../../errors.ts";
import type { Provisioned } from "../engine.ts";
import { namingOf } from "../tensorflow/named_folder.ts";
import { findTensorflow, setUpTensorflow, wheelsToDownload } from "../tensorflow/setup.ts";
import { enginesFolder } from "../wheels/folders.ts";
import { receivedBytes } from "../wheels/kept.ts";
import { peakBytes, requireSpace } from "../wheels/limits.ts";
import { platformName, type Wheel } from "../wheels/pinned.ts";
import { atMostEvery } from "../wheels/progress.ts";
import { provideWheels } from "../wheels/provide.ts";
import { TENSORFLOW_CUDA } from "./build.ts";
import { chooseGpu } from "./choose_gpu.ts";
import { detectGpus, type DetectOptions } from "./detect.ts";
import type { Usable } from "./detection.ts";
import { deviceOrder, type Env, visibleGpu } from "./environment.ts";
import type { CudaFiles } from "./files.ts";
import {
  downloadOptions,
  findBuild,
  findDownloadedBuild,
  findInstalledBuild,
  type FindOptions,
  type FoundBuild,
  missingWheels,
} from "./find.ts";
import { libraryPaths } from "./find_library.ts";
import { type Place, thisPlace } from "./place.ts";
import { KnownGpus } from "./known_gpus.ts";
import { type VerifyGpu, verifyGpu } from "./verify.ts";
import { CUDA, CUDA_PLATFORM, CUDA_WHEELS, downloadBytes, nvidiaParts } from "./wheels.ts";
import { obstacleLine, remarks, TF32_NOTICE, unfitFolderLine } from "./words.ts";

/** The options of the setup. Those of `SetupOptions` are also for TensorFlow on the processor. */
export interface CudaSetupOptions extends FindOptions {
  /** How the driver is asked. Tests replace its libraries. */
  readonly detect?: DetectOptions;
  /** Tests whether TensorFlow computes on the GPU. */
  readonly verifyGpu?: VerifyGpu;
  readonly place?: Place;
}

/** The result of the setup. */
export interface CudaSetup extends Provisioned {
  readonly files: CudaFiles;
}

/**
 * Returns a TensorFlow for CUDA that is ready to be loaded, and the GPU on which it computes. Asks the driver each time
 * (about a second), because what it finds may change.
 *
 * @throws HeadlightError with exit status 2 if there is no GPU with the number, or the named folder contains no usable
 * TensorFlow for CUDA; with 1 if no GPU can be used, with the reason and the remedy, or if something could not be set
 * up
 */
export async function setUpCuda(options: CudaSetupOptions): Promise<CudaSetup> {
  const { env = (name) => Deno.env.get(name), signal } = options;
  const onProgress = atMostEvery(100, options.onProgress);
  const step = (label: string) => onProgress({ label, done: 0, total: 0, unit: "steps" });
  step("looking for an NVIDIA GPU");
  const { there, usable, gpu } = await requireGpu(options);
  await requireSpaceForAll(options);
  const trainer = await setUpTensorflow(options);
  const build = await provide(options);
  if (there === null) await requireUsable(options, env, build.libraries);
  const files: CudaFiles = {
    kind: "cuda",
    version: build.version,
    device: "gpu",
    addon: build.addon,
    libraries: [...build.libraries],
    device_name: gpu.name,
    pci_bus_id: gpu.pciBusId,
    visible: visibleGpu(gpu.index, env),
    ...(options.tf32 ? { tf32: true } : {}),
    trainer: trainer.files,
  };
  const known = new KnownGpus(options.cacheRoot, files, usable.driver);
  const isFirst = !known.has();
  if (isFirst) {
    const compiles = gpu.kernels === "ptx" ? ", for which the driver compiles kernels once" : "";
    step(`testing TensorFlow on ${gpu.name}${compiles}`);
    await (options.verifyGpu ?? verifyGpu)(files, signal);
    known.add();
  }
  const notices = [...trainer.notices, ...(isFirst ? remarks(usable, placeOf(options)) : [])];
  return { files, notices: options.tf32 ? [...notices, TF32_NOTICE] : notices };
}

/**
 * Returns the GPU that would compute, with all that can be used and the build that is on this machine.
 * @throws HeadlightError with exit status 2 if there is no GPU with the number, with 1 if no GPU can be used
 */
export async function requireGpu(options: CudaSetupOptions) {
  const { platform = platformName(), env = (name) => Deno.env.get(name) } = options;
  requirePlatform(platform);
  const there = findBuild(options);
  const usable = await requireUsable(options, env, there?.libraries ?? []);
  return { there, usable, gpu: chooseGpu(usable, options.gpu) };
}

function requirePlatform(platform: string): void {
  if (platform === CUDA_PLATFORM) return;
  throw new HeadlightError(
    `Headlight computes on NVIDIA GPUs on Linux and in WSL2 on x86-64, and this is ${platform}. Use --engine tensorflow.`,
    1,
  );
}

function placeOf({ place }: CudaSetupOptions): Place {
  return place ?? thisPlace();
}

/** Asks the driver in a process of its own. @throws HeadlightError (1) if no GPU can be used */
async function requireUsable(options: CudaSetupOptions, env: Env, libraries: readonly string[]): Promise<Usable> {
  const { detect = {}, signal } = options;
  const found = await detectGpus({ ...detect, signal, libraries, env: { ...deviceOrder(env), ...detect.env } });
  if (found.kind === "usable") return found;
  throw new HeadlightError(obstacleLine(found, placeOf(options)), 1);
}

/** Returns the build that is on this machine, or downloads it if the person asked for CUDA. */
async function provide(options: CudaSetupOptions): Promise<FoundBuild> {
  const installed = findInstalledBuild(options);
  if (installed !== null) return installed;
  if (options.folder !== undefined) {
    throw new HeadlightError(unfitFolderLine(namingOf(options.folder, options.env)));
  }
  if (options.automatic && findDownloadedBuild(options) === null) {
    throw new HeadlightError(
      `TensorFlow for CUDA is not set up yet. To download it (${
        prettyBytes(downloadBytes(missingWheels(options)))
      }), run ` +
        "deno task engine cuda, or add --engine cuda.",
      1,
    );
  }
  return await downloadBuild(options);
}

/**
 * Downloads CUDA and TensorFlow for the processor on a machine that may have no GPU. Does nothing if the machine's
 * Python has them.
 *
 * @throws HeadlightError with exit status 2 if the named folder contains no usable TensorFlow for CUDA, with 1 if
 * something could not be set up
 */
export async function downloadCuda(options: CudaSetupOptions): Promise<void> {
  requirePlatform(options.platform ?? platformName());
  await requireSpaceForAll(options);
  await setUpTensorflow(options);
  await provide(options);
}

/**
 * Checks the space for TensorFlow and CUDA together, so that a small disk is known before the first download. Checks
 * nothing if Python has a TensorFlow that is not set up yet, because that may be one for CUDA.
 */
async function requireSpaceForAll(options: CudaSetupOptions): Promise<void> {
  if (options.folder !== undefined || options.automatic || findBuild(options) !== null) return;
  const trainer = await wheelsToDownload(options);
  if (trainer.length === 0 && findTensorflow(options) === null) return;
  requireSpaceFor([...trainer, ...missingWheels(options)], options.cacheRoot);
}

/** @throws HeadlightError (1) if the disk is too small for these wheels */
function requireSpaceFor(wheels: readonly Wheel[], cacheRoot: string): void {
  const engines = enginesFolder(cacheRoot);
  requireSpace(engines, peakBytes(wheels) - receivedBytes(wheels, engines), CUDA);
}

/** Takes the downloaded build into use, and downloads what is missing of it. */
async function downloadBuild(options: CudaSetupOptions): Promise<FoundBuild> {
  const { cacheRoot, python = "python3", onProgress, signal, cudaWheels = CUDA_WHEELS } = options;
  const missing = missingWheels(options);
  if (missing.length > 0) {
    const label = `setting up ${CUDA}: ${prettyBytes(downloadBytes(missing))} to download`;
    onProgress({ label, done: 0, total: 0, unit: "steps" });
    requireSpaceFor(missing, cacheRoot);
  }
  const { files } = await setUpTensorflow(downloadOptions(options));
  const folders = await provideWheels(nvidiaParts(cudaWheels), {
    cacheRoot,
    python,
    signal,
    onProgress: atMostEvery(100, onProgress),
  });
  const libraries = libraryPaths(TENSORFLOW_CUDA.libraries, folders);
  return { version: files.version, addon: files.addon, libraries, folders };
}
