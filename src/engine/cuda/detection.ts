/** Decides from the facts about NVIDIA's driver whether its GPUs can be used, and if not, why. Pure. */
import { type CudaBuild, type Kernels, kernelsFor } from "./build.ts";
import type { DriverFacts, FailedCall, GpuFacts } from "./facts.ts";
import { isAboutMissing, isOnSearchPath, type UnfitFile, unfitFile } from "./find_library.ts";

/** A GPU that can be used. `kernels` says whether the driver must compile some of TensorFlow's kernels first. */
export interface UsableGpu extends GpuFacts {
  readonly kernels: Extract<Kernels, "binary" | "ptx">;
}

export interface MissingLibrary {
  readonly name: string;
  /** The loader's reason if the library is there but cannot be opened; null if it was not found. */
  readonly why: string | null;
}

/** Why no GPU can be used. */
export type Obstacle =
  /** NVIDIA's driver exists for Linux only, as far as TensorFlow uses it. */
  | { readonly kind: "other system" }
  /** libcuda was not found. */
  | { readonly kind: "no driver" }
  /** libcuda was found but cannot be opened. */
  | { readonly kind: "driver does not load"; readonly why: string }
  /** A file with the name of a library of the driver is something else, or only a part of it. */
  | ({ readonly kind: "not a driver"; readonly onSearchPath: boolean } & UnfitFile)
  | {
    readonly kind: "driver too old";
    readonly driver: string | null;
    /** The newest CUDA that the driver supports, as cuDriverGetVersion reports it. */
    readonly cuda: number;
    readonly needs: { readonly cuda: number; readonly driver: string };
    /** The GPU that needs the newer driver; null if any does. */
    readonly gpu: string | null;
  }
  | { readonly kind: "no device file"; readonly path: string }
  | { readonly kind: "no permission"; readonly path: string }
  /** CUDA_VISIBLE_DEVICES hides all GPUs. `gpus` is their number, if it is known. */
  | { readonly kind: "hidden"; readonly value: string; readonly gpus: number | null }
  /** The driver works but finds no GPU. */
  | { readonly kind: "no gpu" }
  | { readonly kind: "call failed"; readonly failed: FailedCall }
  | { readonly kind: "no nvml"; readonly why: string }
  | { readonly kind: "libraries missing"; readonly libraries: readonly MissingLibrary[] }
  | { readonly kind: "capability too low" | "capability too new"; readonly gpu: GpuFacts }
  /** The process that asked the driver was ended by a signal. `step` is what it was doing. */
  | { readonly kind: "crashed"; readonly signal: string; readonly step: string | null }
  | { readonly kind: "hung"; readonly limitMs: number }
  /** The process that asked the driver failed in an unexpected way. */
  | { readonly kind: "failed"; readonly why: string };

export interface Usable {
  readonly kind: "usable";
  /** The driver's version; null if libnvidia-ml does not say. */
  readonly driver: string | null;
  readonly gpus: readonly [UsableGpu, ...UsableGpu[]];
  /** Why each of the other GPUs cannot be used. */
  readonly others: readonly Obstacle[];
}

/** Whether this machine has a GPU that TensorFlow's build for CUDA can use. */
export type Detection = Usable | Obstacle;

/** CUDA_ERROR_NO_DEVICE of cuda.h. */
const NO_DEVICE = 100;
/** Codes of cuInit that may come from a device file that is missing or cannot be opened. */
const DEVICE_FILE_CODES: ReadonlySet<number> = new Set([NO_DEVICE, 101, 304, 999]);

/** How the driver's libraries were opened. */
export interface Opened {
  /** Their names or paths. */
  readonly libcuda: string;
  readonly libnvml: string;
  /** The value of LD_LIBRARY_PATH. */
  readonly searchPath: string;
}

/**
 * Returns the outcome. The reason that must be dealt with first comes first: the driver, then the GPU, and the
 * libraries last, because they are the largest to install.
 */
export function detectionOf(facts: DriverFacts, build: CudaBuild, { libcuda, libnvml, searchPath }: Opened): Detection {
  const { cuda, nvml } = facts;
  if (!cuda.opened) {
    if (isAboutMissing(libcuda, cuda.why)) return { kind: "no driver" };
    return notDriver(libcuda, cuda.why, searchPath) ?? { kind: "driver does not load", why: cuda.why };
  }
  const driver = nvml.opened ? nvml.driver : null;
  if (cuda.version !== null && cuda.version < build.driver.cuda) {
    return { kind: "driver too old", driver, cuda: cuda.version, needs: build.driver, gpu: null };
  }
  if (cuda.failed !== null) return whyFailed(cuda.failed, facts);
  if (cuda.gpus.length === 0) return whyNone(facts);
  if (!nvml.opened) return notDriver(libnvml, nvml.why, searchPath) ?? { kind: "no nvml", why: nvml.why };
  const usable = cuda.gpus.flatMap((gpu): UsableGpu[] => {
    const kernels = kernelsFor(gpu.capability, build);
    if (kernels === "binary") return [{ ...gpu, kernels }];
    return kernels === "ptx" && compilesPtx(cuda.version, build) ? [{ ...gpu, kernels }] : [];
  });
  const [first, ...more] = usable;
  if (first === undefined) return whyUnfit(cuda.gpus, cuda.version, driver, build);
  const missing = facts.libraries.flatMap(({ name, why }): MissingLibrary[] =>
    why === null ? [] : [{ name, why: isAboutMissing(name, why) ? null : why }]
  );
  if (missing.length > 0) return { kind: "libraries missing", libraries: missing };
  const others = cuda.gpus.filter(({ index }) => !usable.some((gpu) => gpu.index === index));
  return {
    kind: "usable",
    driver,
    gpus: [first, ...more],
    others: others.map((gpu) => whyUnfit([gpu], cuda.version, driver, build)),
  };
}

function notDriver(library: string, why: string, searchPath: string): Obstacle | null {
  const unfit = unfitFile(library, why);
  return unfit && { kind: "not a driver", ...unfit, onSearchPath: isOnSearchPath(unfit.path, searchPath) };
}

function compilesPtx(version: number | null, { ptxDriver }: CudaBuild): boolean {
  return version === null || version >= ptxDriver.cuda;
}

function whyFailed(failed: FailedCall, facts: DriverFacts): Obstacle {
  const { deviceFile: { path, state } } = facts;
  if (DEVICE_FILE_CODES.has(failed.code)) {
    if (state === "missing") return { kind: "no device file", path };
    if (state === "denied") return { kind: "no permission", path };
  }
  return failed.code === NO_DEVICE ? whyNone(facts) : { kind: "call failed", failed };
}

/** Says why the driver sees no GPU. libnvidia-ml counts those that CUDA_VISIBLE_DEVICES hides, too. */
function whyNone({ visibleDevices, nvml }: DriverFacts): Obstacle {
  const gpus = nvml.opened ? nvml.gpus : null;
  return visibleDevices === null || gpus === 0 ? { kind: "no gpu" } : { kind: "hidden", value: visibleDevices, gpus };
}

/** Says why none of the GPUs can be used: if a newer driver helps one of them, that, else why the first cannot. */
function whyUnfit(
  gpus: readonly GpuFacts[],
  version: number | null,
  driver: string | null,
  build: CudaBuild,
): Obstacle {
  const waiting = gpus.find(({ capability }) => kernelsFor(capability, build) === "ptx");
  if (waiting !== undefined && version !== null) {
    return { kind: "driver too old", driver, cuda: version, needs: build.ptxDriver, gpu: waiting.name };
  }
  const [gpu] = gpus;
  if (gpu === undefined) return { kind: "no gpu" };
  return { kind: kernelsFor(gpu.capability, build) === "too low" ? "capability too low" : "capability too new", gpu };
}
