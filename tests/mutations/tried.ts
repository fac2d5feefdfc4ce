/** Tries mutations in processes of their own, and adds up what came of them. */
import { join } from "node:path";
import { z } from "zod";
import { PROJECT_ROOT } from "../../src/paths.ts";

const triedSchema = z.object({
  index: z.int(),
  outcome: z.enum(["read", "refused", "crashed"]),
  /** Of a crash. */
  error: z.string().nullable(),
  ms: z.number(),
  /** By how much the process grew at most while it read. */
  grownBytes: z.number(),
});
export type Tried = z.infer<typeof triedSchema>;

/** The exit status of a process that is done with a mutation, and that another one is to go on after. */
export const GO_ON_ANEW = 75;

const lineSchema = z.union([triedSchema, z.object({ trying: z.int() })]);

export interface Report {
  readonly format: string;
  readonly count: number;
  readonly read: number;
  readonly refused: number;
  /** Among those refused: how many a time limit ended, which a library would have read for ever. */
  readonly ended: number;
  /** Mutations that ended in an error that is none for people, or ended the process. */
  readonly crashed: readonly { readonly index: number; readonly error: string }[];
  /** Mutations that were not done with in time. */
  readonly hung: readonly number[];
  readonly slowestMs: number;
  readonly mostGrownBytes: number;
}

/** A mutation that takes longer is taken for one that never ends. */
const PATIENCE_MS = 10_000;

/** Tries the mutations 0 to `count` of a format. After one that hangs or ends the process, a new process goes on. */
export async function tryMutations(format: string, count: number): Promise<Report> {
  const tried: Tried[] = [];
  const crashed: { index: number; error: string }[] = [];
  const hung: number[] = [];
  let ended = 0;
  for (let next = 0; next < count;) {
    const { last, timedOut, status, done } = await tryFrom(format, next, count, tried);
    if (last === null) break;
    if (timedOut && await isEnded(format, last, tried)) ended++;
    else if (timedOut) hung.push(last);
    else if (!done) crashed.push({ index: last, error: `the process ended (${status})` });
    next = done ? last : last + 1;
  }
  for (const { index, error } of tried) if (error !== null) crashed.push({ index, error });
  return {
    format,
    count,
    read: tried.filter(({ outcome }) => outcome === "read").length,
    refused: tried.filter(({ outcome }) => outcome === "refused").length,
    ended,
    crashed,
    hung,
    slowestMs: tried.reduce((most, { ms }) => Math.max(most, ms), 0),
    mostGrownBytes: tried.reduce((most, { grownBytes }) => Math.max(most, grownBytes), 0),
  };
}

/** Whether Headlight's own time limit ends the reading of a mutation that hangs without it. */
async function isEnded(format: string, index: number, tried: Tried[]): Promise<boolean> {
  const before = tried.length;
  await tryFrom(format, index, index + 1, tried, ["in-time"]);
  return tried.length === before + 1 && tried.at(-1)?.outcome === "refused";
}

/** Runs one process. `last` is the mutation that it did not finish, null where it came to the end. */
async function tryFrom(format: string, from: number, to: number, tried: Tried[], more: readonly string[] = []) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--node-modules-dir=manual",
      "--config",
      join(PROJECT_ROOT, "deno.json"),
      join(PROJECT_ROOT, "tests", "mutations", "child.ts"),
      format,
      String(from),
      String(to),
      ...more,
    ],
    cwd: PROJECT_ROOT,
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let last: number | null = from;
  let timedOut = false;
  const end = () => {
    timedOut = true;
    child.kill("SIGKILL");
  };
  let timer = setTimeout(end, PATIENCE_MS);
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const said = lineSchema.parse(JSON.parse(line));
      if ("trying" in said) last = said.trying;
      else {
        tried.push(said);
        last = said.index + 1 < to ? said.index + 1 : null;
      }
    }
    clearTimeout(timer);
    timer = setTimeout(end, PATIENCE_MS);
  }
  const { code, signal } = await child.status;
  clearTimeout(timer);
  return { last, timedOut, done: code === GO_ON_ANEW, status: signal ?? `status ${code}` };
}
