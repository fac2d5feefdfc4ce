/** NVIDIA's GPUs, as `nvidia-smi` tells of them. */
import { z } from "zod";
import type { Gpu } from "../../events.ts";

/** What is asked: a line that names the columns and their units, then one for each GPU. */
export const NVIDIA_SMI = [
  "nvidia-smi",
  "--query-gpu=name,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw",
  "--format=csv",
] as const;

const NAME = "name";
const MIB = 1024 * 1024;

/** `97 %`, `387.51 W`. `[N/A]`, `[Not Supported]`, `[Unknown Error]` are no numbers: what a GPU does not tell is null. */
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
}).transform((row): Gpu => ({
  name: row[NAME],
  utilization_percent: row["utilization.gpu"],
  memory_used_bytes: row["memory.used"],
  memory_total_bytes: row["memory.total"],
  temperature_celsius: row["temperature.gpu"],
  power_watts: row["power.draw"],
}));

/**
 * The GPUs of an answer to `NVIDIA_SMI`, or to a question after other columns in another order; null where it is not one (a
 * driver that says what is wrong, say).
 */
export function parseGpus(csv: string): Gpu[] | null {
  const [header, ...rows] = csv.split("\n").map((line) => line.trim()).filter((line) => line !== "").map(fieldsOf);
  // "memory.used [MiB]"
  const columns = header?.map((column) => column.replace(/ \[.*\]$/, "")) ?? [];
  const at = columns.indexOf(NAME);
  if (at === -1) return null;
  const found = rows.map((fields) => {
    // A name may have commas in it; the other columns have none.
    const end = fields.length - (columns.length - at - 1);
    const whole = [...fields.slice(0, at), fields.slice(at, end).join(", "), ...fields.slice(end)];
    return rowSchema.safeParse(Object.fromEntries(columns.map((column, index) => [column, whole[index]])));
  });
  const gpus = found.flatMap(({ data }) => data ?? []);
  return gpus.length === rows.length ? gpus : null;
}

/** An answer to `NVIDIA_SMI`: null if there is no such program, "late" if it did not answer in time. */
export type SmiAnswer = { readonly code: number; readonly stdout: string } | "late" | null;

/**
 * Returns the GPUs that an answer lists, or the reason why it lists none. On a machine without NVIDIA's driver there are
 * neither GPUs nor a reason.
 */
export function gpusOrProblem(answer: SmiAnswer): { readonly gpus: Gpu[]; readonly problem: string | null } {
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
