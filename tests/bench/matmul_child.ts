/** Measures the machine's limit for Headlight's engine: a large float32 matrix product through tfjs-node. */
import { z } from "zod";
import { engineFilesSchema } from "../../src/engine/engine.ts";
import { loadEngine } from "../../src/engine/engines/load.ts";
import { printResult, readRequest } from "./children.ts";

const requestSchema = z.object({ engine: engineFilesSchema, side: z.int().min(1), times: z.int().min(1) });

/** keras/matmul.py prints the same. */
export const matmulResultSchema = z.object({ gigaflopsPerSecond: z.array(z.number()).min(1) });

if (import.meta.main) {
  const { engine, side, times } = readRequest(requestSchema);
  const { tf } = await loadEngine(engine);
  const factors = [tf.randomNormal([side, side]), tf.randomNormal([side, side])] as const;
  const multiply = () => {
    const startedMs = performance.now();
    tf.tidy(() => factors[0].matMul(factors[1]).slice([0, 0], [1, 1]).dataSync());
    return 2 * side ** 3 / (performance.now() - startedMs) / 1e6;
  };
  multiply();
  printResult({ gigaflopsPerSecond: Array.from({ length: times }, multiply) });
  Deno.exit(0);
}
