/** Everything that another process needs to load the same TensorFlow. */
import { z } from "zod";
import { deviceSchema } from "../engine.ts";

/** The engine files of TensorFlow. */
export const tensorflowFilesSchema = z.object({
  kind: z.literal("tensorflow"),
  /** TensorFlow's version, e.g. 2.21.0. */
  version: z.string(),
  /** The absolute path of tfjs_binding.node. */
  addon: z.string(),
  device: deviceSchema,
});
export type TensorflowFiles = z.infer<typeof tensorflowFilesSchema>;
