/** Everything that another process needs to compute on the same GPU. */
import { z } from "zod";
import { tensorflowFilesSchema } from "../tensorflow/files.ts";

/** The engine files of CUDA. */
export const cudaFilesSchema = z.object({
  kind: z.literal("cuda"),
  /** The version of TensorFlow's build for CUDA, e.g. 2.21.0. */
  version: z.string(),
  device: z.literal("gpu"),
  /** The absolute path of tfjs_binding.node, which is linked to the build for CUDA. */
  addon: z.string(),
  /** What to open before the addon, in this order: paths, or names that the loader searches for. */
  libraries: z.array(z.string()),
  /** The GPU's name. */
  device_name: z.string(),
  /** The GPU's address on the PCI bus. Older runs do not have this field. */
  pci_bus_id: z.string().optional(),
  /** The environment variables by which libcuda sees this GPU and no other (`visibleGpu`). */
  visible: z.record(z.string(), z.string()),
  tf32: z.boolean().optional(),
  /** TensorFlow on the processor, which trains the head. */
  trainer: tensorflowFilesSchema,
});
export type CudaFiles = z.infer<typeof cudaFilesSchema>;
