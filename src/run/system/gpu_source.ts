/** Where the figures of a machine's NVIDIA GPUs come from. */
import type { Gpu } from "../../event_bodies.ts";

/** A GPU of this machine, and what tells it from others. */
export interface SeenGpu extends Gpu {
  /** Its address on the PCI bus, or null if unknown. */
  readonly pciBusId: string | null;
  /** The processes that use it, as far as they are known. */
  readonly pids: readonly number[];
}

/** The GPUs, in nvidia-smi's order, or why they are unknown. */
export interface GpuAnswer {
  readonly gpus: readonly SeenGpu[];
  readonly problem: string | null;
}

/** Asks the driver for the GPUs. A driver that hangs or crashes must not harm this process. */
export interface GpuSource {
  /**
   * Returns the answer within a time limit, or null if there are no GPUs here, so that no more questions are needed.
   */
  ask(): Promise<GpuAnswer | null>;
  /** Ends what was started. */
  stop(): void;
}
