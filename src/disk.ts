/** What a run waits for when a disk has no room, in data and in words. */
import prettyBytes from "pretty-bytes";
import { z } from "zod";

/** The conditions of a disk that may pass without the program, so that waiting and writing again makes sense. */
export const DISK_PROBLEMS = ["full", "over quota", "read-only"] as const;
export type DiskProblem = typeof DISK_PROBLEMS[number];

/** What cannot be written, and how much room it needs. */
export const diskNeedSchema = z.object({
  problem: z.enum(DISK_PROBLEMS),
  /** The folder to be written to. */
  path: z.string(),
  needed_bytes: z.number(),
  /** null if the file system does not tell. */
  free_bytes: z.number().nullable(),
});
export type DiskNeed = z.infer<typeof diskNeedSchema>;

/** Returns what is wrong with the disk in a few words. */
export function diskProblemText(problem: DiskProblem): string {
  return problem === "full" ? "disk full" : problem === "over quota" ? "disk quota used up" : "disk read-only";
}

/** Returns what is wrong with the disk, and how much room is needed there. The path is unchanged. */
export function diskText(need: DiskNeed): string {
  return `${diskProblemText(need.problem)} at ${need.path}: ${roomText(need)}`;
}

/** Returns how much room is needed and how much is free. */
export function roomText({ problem, needed_bytes: needed, free_bytes: free }: DiskNeed): string {
  const are = free === null || problem === "read-only" ? "" : `, ${prettyBytes(free)} free`;
  return `${prettyBytes(needed)} needed${are}`;
}
