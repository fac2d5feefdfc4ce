/** `doctor`: what this machine has, what is missing, and the remedy. Downloads and writes nothing. */
import { checks, exitStatus } from "../doctor/checks.ts";
import { probe } from "../doctor/probe.ts";
import { report } from "../doctor/report.ts";

/** Prints the report; 0 where training can start, 1 where it cannot. */
export async function doctor(output: (line: string) => void): Promise<number> {
  const list = checks(await probe());
  for (const line of report(list)) output(line);
  return exitStatus(list);
}
