/** The environment variables that CUDA's libraries and TensorFlow read when they are loaded. */
import type { CudaFiles } from "./files.ts";

/** Reads an environment variable. */
export type Env = (name: string) => string | undefined;

/**
 * Returns the order in which CUDA numbers the GPUs: as nvidia-smi does. If the person or the batch system has chosen an
 * order, or has named GPUs by their numbers, CUDA's own order stays.
 */
export function deviceOrder(env: Env): Record<string, string> {
  const chosen = env("CUDA_DEVICE_ORDER") !== undefined || env("CUDA_VISIBLE_DEVICES") !== undefined;
  return chosen ? {} : { CUDA_DEVICE_ORDER: "PCI_BUS_ID" };
}

/**
 * Returns the variables by which CUDA sees one GPU only. tfjs-node would take the last of several.
 *
 * @param index the GPU's number among those that `env` makes visible
 */
export function visibleGpu(index: number, env: Env): Record<string, string> {
  const visible = env("CUDA_VISIBLE_DEVICES");
  // The variable has numbers, or names such as GPU-8932f937-….
  const name = visible === undefined ? undefined : visible.split(",")[index]?.trim();
  return { ...deviceOrder(env), CUDA_VISIBLE_DEVICES: name ?? String(index) };
}

/** The most that CUDA accepts, in bytes. All kernels that the driver compiles for one GPU fit. */
const KERNEL_CACHE_BYTES = 4 * 1024 ** 3;

/**
 * Returns the values that variables must have before TensorFlow is loaded; null if a variable must not be set.
 *
 * The same bits on every run need deterministic ops (TF_DETERMINISTIC_OPS in TensorFlow's core/util/determinism.cc,
 * TF_CUDNN_DETERMINISTIC for cuDNN), and that cuDNN's heuristics choose an algorithm and not a measurement
 * (TF_CUDNN_USE_AUTOTUNE in core/util/use_cudnn.cc).
 */
export function cudaEnvironment(
  { visible, tf32 = false }: Pick<CudaFiles, "visible" | "tf32">,
  env: Env,
): Record<string, string | null> {
  return {
    ...visible,
    // Otherwise TensorFlow takes all of the GPU's memory at once.
    TF_FORCE_GPU_ALLOW_GROWTH: "true",
    TF_DETERMINISTIC_OPS: "1",
    TF_CUDNN_DETERMINISTIC: "1",
    TF_CUDNN_USE_AUTOTUNE: "0",
    // 0 forbids it to all of NVIDIA's libraries; TensorFlow allows it unless it is forbidden.
    NVIDIA_TF32_OVERRIDE: tf32 ? null : "0",
    CUDA_CACHE_MAXSIZE: env("CUDA_CACHE_MAXSIZE") ?? String(KERNEL_CACHE_BYTES),
  };
}

/** Sets the variables in this process. */
export function setVariables(values: Readonly<Record<string, string | null>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === null) Deno.env.delete(name);
    else Deno.env.set(name, value);
  }
}
