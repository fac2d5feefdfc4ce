/** Everything that another process needs to load the same OpenVINO. */
import { z } from "zod";
import { tensorflowFilesSchema } from "../tensorflow/files.ts";

/** The engine files of OpenVINO. */
export const openvinoFilesSchema = z.object({
  kind: z.literal("openvino"),
  /** OpenVINO's version, e.g. 2026.4.1. */
  version: z.string(),
  device: z.literal("cpu"),
  /** The absolute path of the folder with OpenVINO's libraries. */
  libraries: z.string(),
  /** TensorFlow, which records the base's graph and trains the head. */
  trainer: tensorflowFilesSchema,
});
export type OpenvinoFiles = z.infer<typeof openvinoFilesSchema>;
