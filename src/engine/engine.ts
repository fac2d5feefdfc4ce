/**
 * The interface between the engines and the rest of the program. Only types of tfjs are imported here, because
 * importing tfjs takes 0.5 s.
 */
import type * as tfjs from "@tensorflow/tfjs";
import { z } from "zod";
import { type EngineKind, engineKindSchema, type Precision } from "../config.ts";

/** tfjs with its backend registered and selected. */
export type Tf = typeof tfjs;

/** The kind of device that an engine computes on. The exact bits of a feature depend on it. */
export const deviceSchema = z.enum(["cpu", "gpu"]);
export type Device = z.infer<typeof deviceSchema>;

/** What an engine can do. The rest of the program decides by this, not by an engine's name. */
export interface Capabilities {
  /** Whether it runs captured graphs (tensorflow/capture). Without them everything is computed op by op. */
  readonly graphs: boolean;
  /** The precisions in which it can compute the frozen base. */
  readonly precisions: readonly Precision[];
  /** Whether it uses several threads for one op (threads.ts). */
  readonly threads: boolean;
  /** Whether it has the gradient of a convolution's filters, without which no network is trained from scratch. */
  readonly trainsConvolutions: boolean;
  /** Whether --tensorflow or HEADLIGHT_TENSORFLOW may name the folder with its libraries. */
  readonly namedFolder: boolean;
}

/**
 * A provisioned engine as plain data, without tfjs: everything that another process needs to load the same one. Each
 * engine adds fields of its own, which it checks when it is loaded.
 */
export const engineFilesSchema = z.looseObject({
  kind: engineKindSchema,
  /** The engine's version, e.g. that of TensorFlow. */
  version: z.string(),
  /**
   * The device that it computes on. Runs of version 1 did not record it, because all engines computed on the CPU then.
   */
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

/** The progress of a setup step. `total` is 0 if it is unknown. */
export interface SetupProgress {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly unit: "bytes" | "steps";
}
export type OnSetupProgress = (progress: SetupProgress) => void;

/** What an engine needs to know to set itself up. */
export interface SetupRequest {
  /** The machine-wide cache folder (`cacheRoot`). */
  readonly cacheRoot: string;
  readonly onProgress: OnSetupProgress;
  /**
   * The absolute path of the folder with the engine's libraries, if the person named one. No other libraries are used
   * then.
   */
  readonly folder?: string | undefined;
  /** Aborts the setup and ends the processes that it started. */
  readonly signal?: AbortSignal | undefined;
}

/** An engine that is set up on this machine. */
export interface Provisioned {
  readonly files: EngineFiles;
  /** Notices about substitutions, shown on the screen for the whole run. */
  readonly notices: readonly string[];
}

/** The entry of an engine in the list of engines. Importing it loads neither tfjs nor the engine. */
export interface EngineEntry {
  /** The name in messages, e.g. "TensorFlow". */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Its speed compared with the previous engine in the list, for the notice that it replaces that one. */
  readonly pace?: string;
  /**
   * Returns the engine's files, and sets the engine up first if it is not on this machine.
   *
   * @throws HeadlightError if the engine cannot be set up on this machine
   */
  provision(request: SetupRequest): Promise<Provisioned>;
  /** Loads the engine into this process and makes it the backend of tfjs. */
  load(files: EngineFiles): Promise<Engine>;
}
