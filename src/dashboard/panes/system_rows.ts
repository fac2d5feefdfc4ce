/** What the run takes of its machine, in lines. */
import type { EventOf, Gpu } from "../../events.ts";
import { bytes } from "../text/formats.ts";

export interface SystemRow {
  readonly name: string;
  /** Most important first: a narrow pane leaves out from the end. */
  readonly parts: readonly string[];
  /** Of what there is, 0 to 1; null where it is not known. */
  readonly share: number | null;
}

/** Processor, memory, then each GPU or why there is none to be seen. Nothing before the first look. */
export function systemRows(system: EventOf<"system"> | null): SystemRow[] {
  if (!system) return [];
  const { processor_percent, cores, memory_bytes, memory_total_bytes, processes, gpus, gpu_problem } = system;
  const processor: SystemRow = {
    name: "processor",
    parts: processor_percent === null
      ? ["not known here"]
      : [`${processor_percent} %`, `of ${cores}00 % (${cores} ${cores === 1 ? "core" : "cores"})`],
    share: processor_percent === null ? null : within(processor_percent / (100 * cores)),
  };
  const memory: SystemRow = {
    name: "memory",
    parts: memory_bytes === null
      ? ["not known here"]
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
  };
}

function within(share: number): number {
  return Math.max(0, Math.min(1, share));
}
