/** Allows WebGPU's software adapter in this process. */
import { SOFTWARE_VARIABLE } from "../src/engine/webgpu/adapter.ts";

/** Runs `body` with the variable set in this process. */
export async function allowingSoftware<T>(body: () => Promise<T>): Promise<T> {
  const before = Deno.env.get(SOFTWARE_VARIABLE);
  Deno.env.set(SOFTWARE_VARIABLE, "1");
  try {
    return await body();
  } finally {
    if (before === undefined) Deno.env.delete(SOFTWARE_VARIABLE);
    else Deno.env.set(SOFTWARE_VARIABLE, before);
  }
}
