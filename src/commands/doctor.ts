/** `doctor`: checks this machine, and says what is missing and how to fix it. Downloads and writes nothing. */
import { checks, exitStatus } from "../doctor/checks.ts";
import { probe } from "../doctor/probe.ts";
import { report } from "../doctor/report.ts";

/** Prints the report. Returns 0 if training can start, else 1. */
export async function doctor(output: (line: string) => void): Promise<number> {
  const list = checks(await probe());
  for (const line of report(list)) output(line);
  return exitStatus(list);
}
