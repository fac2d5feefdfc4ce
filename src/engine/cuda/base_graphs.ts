/** Computes frozen bases on a GPU. */
import type { BaseGraphs } from "../base_graphs.ts";
import type { Tf } from "../engine.ts";
import { tensorflowGraphs } from "../tensorflow/base_graphs.ts";
import { HeadlightError } from "../../errors.ts";
import { cudaShapes } from "./call_shapes.ts";

/** How TensorFlow says that the GPU's memory does not suffice. */
const OUT_OF_MEMORY =
  /OOM when allocating|ran out of memory|failed to allocate|CUDA_ERROR_OUT_OF_MEMORY|RESOURCE_EXHAUSTED/i;

/**
 * Returns how TensorFlow computes bases on a GPU: as they were recorded. TensorFlow itself arranges them for the GPU
 * (its layout optimizer and remapper); Headlight's rewrites are measured on processors.
 *
 * @param gpu the GPU's name in error messages
 * @param graphs how TensorFlow computes bases
 */
export function cudaGraphs(tf: Tf, gpu: string, graphs: BaseGraphs = tensorflowGraphs(tf)): BaseGraphs {
  return {
    rewritten: false,
    shapes: cudaShapes,
    open(graph, options) {
      const opened = graphs.open(graph, options);
      return {
        run(lanes) {
          try {
            return opened.run(lanes);
          } catch (error) {
            throw explained(error, gpu, options.shape.batch);
          }
        },
        dispose: () => opened.dispose(),
      };
    },
  };
}

function explained(error: unknown, gpu: string, batch: number): unknown {
  if (!(error instanceof Error) || !OUT_OF_MEMORY.test(error.message)) return error;
  return new HeadlightError(
    `the free memory of ${gpu} does not suffice for ${batch} images at once. End other programs that use it (nvidia-smi ` +
      "lists them), or use another GPU with --gpu, a smaller --size, or --engine tensorflow.",
    1,
    { cause: error },
  );
}
