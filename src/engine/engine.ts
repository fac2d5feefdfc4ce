/** What the rest of the program sees of a tensor engine. tfjs is named here as a type only: importing it takes 0.5 s. */
import type * as tfjs from "@tensorflow/tfjs";
import { z } from "zod";

/** tfjs with its backend registered and selected. */
export type Tf = typeof tfjs;

/** The class of device an engine computes on. The bits of a feature depend on it. */
export const deviceSchema = z.enum(["cpu", "gpu"]);
export type Device = z.infer<typeof deviceSchema>;

/** Runs of version 1 did not record the device; every engine there was computed on the processor. */
const device = deviceSchema.default("cpu");

/** A provisioned engine: all that another process needs to load the same one. Plain data, no tfjs. */
export const engineFilesSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("tensorflow"),
    /** TensorFlow's version, e.g. 2.21.0. */
    version: z.string(),
    /** tfjs_binding.node, absolute. */
    addon: z.string(),
    device,
  }),
  z.object({ kind: z.literal("wasm"), /** tfjs-backend-wasm's version. */ version: z.string(), device }),
]);
export type EngineFiles = z.infer<typeof engineFilesSchema>;

/** A loaded engine. */
export interface Engine {
  readonly kind: EngineFiles["kind"];
  readonly version: string;
  readonly device: Device;
  readonly tf: Tf;
}

/** How long a set-up step has come; `total` 0 where not known. */
export interface SetupProgress {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly unit: "bytes" | "steps";
}
export type OnSetupProgress = (progress: SetupProgress) => void;
