/** Tries mutations in separate processes and sums up the outcomes. */
import { join } from "node:path";
import { z } from "zod";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { programArgs } from "../../src/program.ts";

const triedSchema = z.object({
  index: z.int(),
  outcome: z.enum(["read", "refused", "crashed"]),
  /** The stack of a crash, otherwise null. */
  error: z.string().nullable(),
  ms: z.number(),
  /** The largest growth of the process while it read the file. */
  grownBytes: z.number(),
});
export type Tried = z.infer<typeof triedSchema>;

/** The exit status that asks for a new process to continue after the current mutation. */
export const GO_ON_ANEW = 75;

const lineSchema = z.union([triedSchema, z.object({ trying: z.int() })]);

export interface Report {
  readonly format: string;
  readonly count: number;
  readonly read: number;
  readonly refused: number;
  /** How many of those refused were ended by a time limit, because a library would have read forever. */
  readonly ended: number;
  /** Mutations that ended the process or caused an error that is not written for people. */
  readonly crashed: readonly { readonly index: number; readonly error: string }[];
  /** Mutations that did not finish in time. */
  readonly hung: readonly number[];
  readonly slowestMs: number;
  readonly mostGrownBytes: number;
}

/** A mutation that takes longer than this counts as one that never ends. */
const PATIENCE_MS = 10_000;

/** Tries the mutations 0 to `count` of a format. Starts a new process after each one that hangs or ends the process. */
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

/** Returns whether Headlight's own time limit ends a mutation that hangs without it. */
async function isEnded(format: string, index: number, tried: Tried[]): Promise<boolean> {
  const before = tried.length;
  await tryFrom(format, index, index + 1, tried, ["in-time"]);
  return tried.length === before + 1 && tried.at(-1)?.outcome === "refused";
}

/** Runs one process. `last` is the mutation that it did not finish, or null if it finished all. */
async function tryFrom(format: string, from: number, to: number, tried: Tried[], more: readonly string[] = []) {
  const child = new Deno.Command(Deno.execPath(), {
    args: programArgs(
      join(PROJECT_ROOT, "tests", "mutations", "child.ts"),
      ...[format, String(from), String(to), ...more],
    ),
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
