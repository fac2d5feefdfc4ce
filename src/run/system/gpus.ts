/** NVIDIA GPUs, as reported by `nvidia-smi`. */
import { z } from "zod";
import type { GpuAnswer, SeenGpu } from "./gpu_source.ts";

/** The query. Its output is a line with the columns and their units, then one line for each GPU. */
export const NVIDIA_SMI = [
  "nvidia-smi",
  "--query-gpu=name,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw,pci.bus_id",
  "--format=csv",
] as const;

const NAME = "name";
const MIB = 1024 * 1024;

/** A number with a unit: `97 %`, `387.51 W`. `[N/A]`, `[Not Supported]` and `[Unknown Error]` become null. */
const number = z.string().optional().transform((text) => {
  const digits = /^(\d+(?:\.\d+)?)(?: (?:%|MiB|W))?$/.exec(text ?? "")?.[1];
  return digits === undefined ? null : Number(digits);
});
const mebibytes = number.transform((value) => value === null ? null : value * MIB);

const rowSchema = z.object({
  [NAME]: z.string().min(1),
  "utilization.gpu": number,
  "memory.used": mebibytes,
  "memory.total": mebibytes,
  "temperature.gpu": number,
  "power.draw": number,
  "pci.bus_id": z.string().optional(),
}).transform((row): SeenGpu => ({
  name: row[NAME],
  utilization_percent: row["utilization.gpu"],
  memory_used_bytes: row["memory.used"],
  memory_total_bytes: row["memory.total"],
  temperature_celsius: row["temperature.gpu"],
  power_watts: row["power.draw"],
  pciBusId: row["pci.bus_id"] ?? null,
  pids: [],
}));

/**
 * Parses the output of `NVIDIA_SMI`, or of a query with other columns in another order. Returns null if the text is not
 * such output, for example an error message of the driver.
 */
export function parseGpus(csv: string): SeenGpu[] | null {
  const [header, ...rows] = csv.split("\n").map((line) => line.trim()).filter((line) => line !== "").map(fieldsOf);
  // "memory.used [MiB]"
  const columns = header?.map((column) => column.replace(/ \[.*\]$/, "")) ?? [];
  const at = columns.indexOf(NAME);
  if (at === -1) return null;
  const found = rows.map((fields) => {
    // A GPU's name may contain commas; the other columns do not.
    const end = fields.length - (columns.length - at - 1);
    const whole = [...fields.slice(0, at), fields.slice(at, end).join(", "), ...fields.slice(end)];
    return rowSchema.safeParse(Object.fromEntries(columns.map((column, index) => [column, whole[index]])));
  });
  const gpus = found.flatMap(({ data }) => data ?? []);
  return gpus.length === rows.length ? gpus : null;
}

/** The result of `NVIDIA_SMI`: null if there is no such program, "late" if it did not finish in time. */
export type SmiAnswer = { readonly code: number; readonly stdout: string } | "late" | null;

/**
 * Returns the GPUs in a result, or the reason why there are none. Without NVIDIA's driver there are neither GPUs nor a
 * reason.
 */
export function gpusOrProblem(answer: SmiAnswer): GpuAnswer {
  if (answer === null) return { gpus: [], problem: null };
  if (answer === "late") return { gpus: [], problem: "nvidia-smi does not answer" };
  const gpus = answer.code === 0 ? parseGpus(answer.stdout) : null;
  if (gpus !== null) return { gpus, problem: null };
  const [line = ""] = answer.stdout.trim().split("\n");
  return { gpus: [], problem: line === "" ? `nvidia-smi failed with status ${answer.code}` : `nvidia-smi: ${line}` };
}

function fieldsOf(line: string): string[] {
  return line.split(",").map((field) => field.trim());
}
