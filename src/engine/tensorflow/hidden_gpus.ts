/** Hides NVIDIA's GPUs from a TensorFlow that computes on the processor. */

/** The environment variable that libcuda reads once, when it is started. */
const VARIABLE = "CUDA_VISIBLE_DEVICES";

/** The environment of a process in which TensorFlow is to see no GPU. */
export const HIDDEN_GPUS: Readonly<Record<string, string>> = { [VARIABLE]: "-1" };

/**
 * Loads a TensorFlow that sees no GPU. A build for CUDA would otherwise take the last one, and abort the process if
 * there is a driver but no libcudart. The variable has its former value afterwards, because processes that this one
 * starts may use a GPU.
 */
export async function withGpusHidden<T>(load: () => Promise<T>): Promise<T> {
  const before = Deno.env.get(VARIABLE);
  for (const [name, value] of Object.entries(HIDDEN_GPUS)) Deno.env.set(name, value);
  try {
    return await load();
  } finally {
    if (before === undefined) Deno.env.delete(VARIABLE);
    else Deno.env.set(VARIABLE, before);
  }
}
