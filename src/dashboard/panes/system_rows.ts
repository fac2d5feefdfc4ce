/** The rows of the system pane: the run's use of its machine. */
import type { Gpu } from "../../event_bodies.ts";
import type { EventOf } from "../../events.ts";
import { bytes } from "../text/formats.ts";

export interface SystemRow {
  readonly name: string;
  /** The parts of the row, the most important first. A narrow pane leaves out the last ones. */
  readonly parts: readonly string[];
  /** The share of the resource that is used, from 0 to 1, or null if unknown. */
  readonly share: number | null;
  /** For a GPU, whether the run computes on it. */
  readonly marked?: boolean;
}

/** The rows that fit into a pane. */
export interface FittingRows {
  readonly rows: readonly SystemRow[];
  /** How many GPUs are left out. */
  readonly moreGpus: number;
}

/**
 * Returns the rows that fit into a height. If not all GPUs fit, only the one on which the run computes is shown, before
 * the memory if there is no room for both.
 */
export function fittingRows(system: EventOf<"system"> | null, height: number): FittingRows {
  const all = systemRows(system);
  if (all.length <= height) return { rows: all, moreGpus: 0 };
  const used = all.filter(({ marked }) => marked);
  const [processor, memory] = all;
  const wanted = used.length === 0 || !processor || !memory
    ? all
    : height < 3
    ? [processor, ...used, memory]
    : [processor, memory, ...used];
  const rows = wanted.slice(0, Math.max(0, height));
  return { rows, moreGpus: gpusIn(all) - gpusIn(rows) };
}

function gpusIn(rows: readonly SystemRow[]): number {
  return rows.filter(({ marked }) => marked !== undefined).length;
}

/**
 * Returns rows for processor, memory and each GPU, or the reason why GPUs are unknown. Empty before the first event.
 */
export function systemRows(system: EventOf<"system"> | null): SystemRow[] {
  if (!system) return [];
  const { processor_percent, cores, memory_bytes, memory_total_bytes, processes, gpus, gpu_problem } = system;
  const processor: SystemRow = {
    name: "processor",
    parts: processor_percent === null
      ? ["not available"]
      : [`${processor_percent} %`, `of ${cores}00 % (${cores} ${cores === 1 ? "core" : "cores"})`],
    share: processor_percent === null ? null : within(processor_percent / (100 * cores)),
  };
  const memory: SystemRow = {
    name: "memory",
    parts: memory_bytes === null
      ? ["not available"]
      : [bytes(memory_bytes), `of ${bytes(memory_total_bytes)}`, `${processes} process${processes === 1 ? "" : "es"}`],
    share: memory_bytes === null ? null : within(memory_bytes / memory_total_bytes),
  };
  const problem: SystemRow[] = gpu_problem === null ? [] : [{ name: "GPU", parts: [gpu_problem], share: null }];
  return [processor, memory, ...gpus.map(gpuRow), ...problem];
}

function gpuRow(gpu: Gpu, index: number): SystemRow {
  const { utilization_percent, memory_used_bytes: used, memory_total_bytes: total } = gpu;
  return {
    name: `GPU ${index}`,
    parts: [
      ...(utilization_percent === null ? [] : [`${utilization_percent} %`]),
      ...(used === null ? [] : [total === null ? bytes(used) : `${bytes(used)} of ${bytes(total)}`]),
      ...(gpu.temperature_celsius === null ? [] : [`${gpu.temperature_celsius} °C`]),
      ...(gpu.power_watts === null ? [] : [`${Math.round(gpu.power_watts)} W`]),
      gpu.name,
    ],
    share: utilization_percent === null ? null : within(utilization_percent / 100),
    marked: gpu.used ?? false,
  };
}

function within(share: number): number {
  return Math.max(0, Math.min(1, share));
}
