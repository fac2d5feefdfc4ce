/** NVIDIA's GPUs, as `nvidia-smi` tells of them. */
import { z } from "zod";
import type { Gpu } from "../../events.ts";

/** What is asked: a line for each GPU, numbers without their units (MiB, degrees Celsius, watts). */
export const NVIDIA_SMI = [
  "nvidia-smi",
  "--query-gpu=name,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw",
  "--format=csv,noheader,nounits",
] as const;

/** `[N/A]`, `[Not Supported]`, `[Unknown Error]` are no numbers: what a GPU does not tell is null. */
const number = z.string().transform((text) => (/^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null));
const MIB = 1024 * 1024;

const rowSchema = z.tuple([z.string().min(1), number, number, number, number, number]).transform(
  ([name, utilization, used, total, temperature, power]): Gpu => ({
    name,
    utilization_percent: utilization,
    memory_used_bytes: used === null ? null : used * MIB,
    memory_total_bytes: total === null ? null : total * MIB,
    temperature_celsius: temperature,
    power_watts: power,
  }),
);

/** The GPUs of an answer to `NVIDIA_SMI`; null where it is not one (a driver that says what is wrong, say). */
export function parseGpus(csv: string): Gpu[] | null {
  const rows = csv.split("\n").map((line) => line.trim()).filter((line) => line !== "").map((line) => {
    const fields = line.split(",").map((field) => field.trim());
    // A name may have commas in it; what follows has none.
    return rowSchema.safeParse([fields.slice(0, -5).join(", "), ...fields.slice(-5)]);
  });
  const gpus = rows.flatMap(({ data }) => data ?? []);
  return gpus.length === rows.length ? gpus : null;
}
