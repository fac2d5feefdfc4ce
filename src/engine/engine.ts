/**
 * The contract between the engines and the rest of the program. tfjs is named here as a type only: importing it takes
 * 0.5 s.
 */
import type * as tfjs from "@tensorflow/tfjs";
import { z } from "zod";
import { type EngineKind, engineKindSchema, type Precision } from "../config.ts";

/** tfjs with its backend registered and selected. */
export type Tf = typeof tfjs;

/** The class of device an engine computes on. The bits of a feature depend on it. */
export const deviceSchema = z.enum(["cpu", "gpu"]);
export type Device = z.infer<typeof deviceSchema>;

/** What the rest of the program asks of an engine, in place of its name. */
export interface Capabilities {
  /** Whether it runs graphs that were captured before (tensorflow/capture). Without it all is computed op by op. */
  readonly graphs: boolean;
  /** What the frozen base can be computed in. */
  readonly precisions: readonly Precision[];
  /** Whether it takes several threads for one op (threads.ts). */
  readonly threads: boolean;
  /** Whether --tensorflow or HEADLIGHT_TENSORFLOW may say where its libraries are. */
  readonly namedFolder: boolean;
}

/**
 * A provisioned engine: all that another process needs to load the same one. Plain data, no tfjs. An engine has further
 * fields of its own, which it checks when it is loaded.
 */
export const engineFilesSchema = z.looseObject({
  kind: engineKindSchema,
  /** E.g. TensorFlow's version. */
  version: z.string(),
  /** Runs of version 1 did not record the device; every engine there computed on the processor. */
  device: deviceSchema.default("cpu"),
});
export type EngineFiles = z.infer<typeof engineFilesSchema>;

/** A loaded engine. */
export interface Engine {
  readonly kind: EngineKind;
  readonly version: string;
  readonly device: Device;
  readonly capabilities: Capabilities;
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

export interface SetupRequest {
  /** The machine-wide cache folder, see `cacheRoot`. */
  readonly cacheRoot: string;
  readonly onProgress: OnSetupProgress;
  /** The folder with the engine's libraries that the person named, absolute. Nothing else is used then. */
  readonly folder?: string | undefined;
  /** Ends whatever the set-up has started. */
  readonly signal?: AbortSignal | undefined;
}

/** An engine that is on this machine. */
export interface Provisioned {
  readonly files: EngineFiles;
  /** Substitutions, to stay on screen for as long as the run lasts. */
  readonly notices: readonly string[];
}

/** An engine as the list of engines has it. Importing one loads neither tfjs nor the engine. */
export interface EngineEntry {
  /** The name as messages have it, e.g. "TensorFlow". */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** How it compares with the engine before it in the list, for the notice that it takes that one's place. */
  readonly pace?: string;
  /**
   * Returns the engine's files, set up first where they are not on this machine.
   * @throws HeadlightError: it cannot be had on this machine
   */
  provision(request: SetupRequest): Promise<Provisioned>;
  /** Loads the engine into this process and makes it tfjs's backend. */
  load(files: EngineFiles): Promise<Engine>;
}
