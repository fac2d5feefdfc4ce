/**
 * The interface between the engines and the rest of the program. Only types of tfjs are imported here, because
 * importing tfjs takes 0.5 s.
 */
import type * as tfjs from "@tensorflow/tfjs";
import { z } from "zod";
import { type EngineKind, engineKindSchema, type Precision } from "../config.ts";
import type { BaseGraphs } from "./base_graphs.ts";
import type { OpByOp } from "./op_by_op.ts";

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
  /** Whether it computes on an NVIDIA GPU, which --gpu may name and --tf32 may speed up. */
  readonly nvidia: boolean;
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
  /** The device's name, if it is not the processor. */
  device_name: z.string().optional(),
  /** The GPU's address on the PCI bus, if it is known: of several equal GPUs, it tells which one computes. */
  pci_bus_id: z.string().optional(),
  /** The engine that trains, if it is another one than computes the frozen base. */
  trainer: z.looseObject({ kind: engineKindSchema, version: z.string(), device: deviceSchema }).optional(),
  /**
   * Whether a GPU may round the factors of float32 products to TF32, which changes features by 0.1 to 18 %
   * (`TF32_NOTICE`).
   */
  tf32: z.boolean().optional(),
});
export type EngineFiles = z.infer<typeof engineFilesSchema>;

/** Returns the engine that trains. */
export function trainerOf(files: EngineFiles): EngineFiles {
  return files.trainer ?? files;
}

/** A loaded engine. */
export interface Engine {
  readonly kind: EngineKind;
  readonly version: string;
  readonly device: Device;
  /** The device's name, if it is not the processor. */
  readonly deviceName?: string | undefined;
  readonly capabilities: Capabilities;
  readonly tf: Tf;
  /** How it computes frozen bases from their graphs. Null if it computes them from the list of layers, op by op. */
  readonly baseGraphs: BaseGraphs | null;
  /** How it computes op by op. Default: its ops are called like those of any engine (`IN_MEMORY`). */
  readonly opByOp?: OpByOp | undefined;
}

/**
 * An engine as far as computing bases needs it. What trains and records graphs is loaded when it is first needed: for
 * an engine that takes recorded graphs, that is only if there is none in the cache.
 */
export interface BaseEngine extends Omit<Engine, "tf"> {
  readonly tf: () => Promise<Tf>;
}

/** Returns an engine that was loaded whole as one for bases. */
export function forBases({ tf, ...rest }: Engine): BaseEngine {
  return { ...rest, tf: () => Promise.resolve(tf) };
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
  /** The number of the GPU to use, among those that are visible; without it, the first one that can be used. */
  readonly gpu?: number | undefined;
  /** Whether the GPU may use TF32 (`EngineFiles.tf32`). */
  readonly tf32?: boolean | undefined;
  /**
   * Whether `auto` asks, and not the person. What is so large that only the person decides it is not downloaded then.
   */
  readonly automatic?: boolean | undefined;
  /** Aborts the setup and ends the processes that it started. */
  readonly signal?: AbortSignal | undefined;
}

/** An engine that is set up on this machine. */
export interface Provisioned {
  readonly files: EngineFiles;
  /** Notices about substitutions, shown on the screen for the whole run. */
  readonly notices: readonly string[];
}

/** What of an engine is on this machine, found out without loading it into this process. */
export interface EnginePresence {
  /** Whether it is set up. */
  readonly here: boolean;
  /** The version that is here or that the setup would download; null if neither is known. */
  readonly version: string | null;
  /** The device that it computes on; null if only loading it tells. */
  readonly device: Device | null;
  /** The name of the device, if it is not the processor and can be used. Missing if only the setup finds it out. */
  readonly deviceName?: string | null;
  /** The size on disk of what was set up; 0 if it needs nothing but the packages. */
  readonly bytes: number;
  /** The size of what the setup downloads at most; 0 if it downloads nothing. */
  readonly downloadBytes: number;
  /** Why it cannot be set up on this machine; null if nothing is known that prevents it. */
  readonly problem: string | null;
}

/** The entry of an engine in the list of engines. Importing it loads neither tfjs nor the engine. */
export interface EngineEntry {
  /** The name in messages, e.g. "TensorFlow". */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** How it may divide a call of a base's graph (`BaseGraphs.shapes`). Null if it takes no graphs. */
  readonly callShapes: BaseGraphs["shapes"] | null;
  /**
   * Whether the machine has what the engine cannot do without. `auto` leaves it out without a notice otherwise. Takes a
   * millisecond. Default: it has.
   */
  isPossible?(): boolean;
  /**
   * The milliseconds that it saves on one core, compared with the usual engine, per thousand million multiply-adds of a
   * base; 0 on processors with which it was not measured. `auto` fetches the engine where that wins its download back.
   * Default: never.
   *
   * @param features the processor's features, as `processorFeatures` returns them
   */
  savedTime?(precision: Precision, features: readonly string[]): number;
  /** Its speed compared with the previous engine in the list, for the notice that it replaces that one. */
  readonly pace?: string;
  /**
   * Returns the engine's files, and sets the engine up first if it is not on this machine.
   *
   * @throws HeadlightError if the engine cannot be set up on this machine
   */
  provision(request: SetupRequest): Promise<Provisioned>;
  /**
   * Checks that the device on which the engine computes can be used, and sets nothing up. Default: it always can.
   *
   * @throws HeadlightError that says why it cannot be used
   */
  requireDevice?(request: SetupRequest): Promise<void>;
  /**
   * Downloads and unpacks what `provision` would, without the device on which the engine computes: on a login node, for
   * the servers that share its home folder. Default: `provision`, which needs no device.
   *
   * @throws HeadlightError if something cannot be downloaded or set up
   */
  download?(request: SetupRequest): Promise<void>;
  /** Finds out what of the engine is on this machine. @throws HeadlightError (2) if the named folder is unusable */
  inspect(request: Pick<SetupRequest, "cacheRoot" | "folder">): Promise<EnginePresence>;
  /** Loads the engine into this process and makes it the backend of tfjs. */
  load(files: EngineFiles): Promise<Engine>;
  /** Loads only what computes bases, if the engine consists of more than that. */
  loadForBases?(files: EngineFiles): Promise<BaseEngine>;
}
