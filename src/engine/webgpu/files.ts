/** Everything that another process needs to load the same WebGPU engine. */
import { z } from "zod";
import { tensorflowFilesSchema } from "../tensorflow/files.ts";

/** The engine files of WebGPU. */
export const webgpuFilesSchema = z.object({
  kind: z.literal("webgpu"),
  /** The version of tfjs's WebGPU backend. */
  version: z.string(),
  device: z.literal("gpu"),
  /** The GPU's name. */
  device_name: z.string(),
  /** TensorFlow, which trains the head. */
  trainer: tensorflowFilesSchema,
});
export type WebgpuFiles = z.infer<typeof webgpuFilesSchema>;
