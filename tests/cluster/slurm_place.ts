/** A Slurm of two nodes with a folder of images, and the run of a job in it. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseEvent } from "../../src/events.ts";
import { eventually, headlight } from "../process.ts";
import { needs } from "../support.ts";
import { HAS_CGROUPS, HAS_SLURM, type Proctrack, type SlurmHere, withSlurm } from "./slurm_here.ts";
import { type SmallCluster, withSmallCluster } from "./small_cluster.ts";

export const IMAGES = 41;
/** A job starts within a second, and one that is put back into the queue after eight. */
export const WITHIN_MS = 120_000;

export interface Place extends SmallCluster {
  readonly runs: string;
  readonly script: string;
  readonly slurm: SlurmHere;
}

/** Returns a test in a Slurm that finds a job's processes in this way. Without Slurm, it is skipped. */
export function inSlurm(
  name: string,
  proctrack: Proctrack,
  body: (place: Place) => Promise<void>,
): Deno.TestDefinition {
  const ignore = !(proctrack === "cgroup" ? HAS_CGROUPS : HAS_SLURM);
  const need = needs(proctrack === "cgroup" ? "Slurm and its control groups" : "Slurm");
  return { name: `${name} (proctrack/${proctrack})${need}`, ignore, fn: () => withPlace(proctrack, body) };
}

async function withPlace(proctrack: Proctrack, body: (place: Place) => Promise<void>): Promise<void> {
  await withSmallCluster(IMAGES, async ({ root, data, words: shared, env }) => {
    const runs = join(root, "runs");
    const words = [...shared, "--runs", runs];
    await withSlurm({ folder: root, proctrack }, async (slurm) => {
      await body({ root, data, runs, script: join(root, "job.sh"), words, slurm, env: { ...env, ...slurm.env } });
    });
  });
}

/** Writes the script of a training called x, and submits it. Returns what Headlight says then. */
export async function submit(
  { words, script, env }: Place,
  flags: readonly string[],
  more: readonly string[],
): Promise<string> {
  const { status, stderr } = await headlight(
    ["slurm", ...flags, "--out", script, "--submit", "--", "train", ...words, "--name", "x", ...more],
    { env },
  );
  assert.equal(status, 0, stderr);
  return stderr;
}

/** Returns what all logs of the jobs say. */
export function logsOf({ root }: Place): string {
  const folder = join(root, "job-logs");
  if (!existsSync(folder)) return "";
  return [...Deno.readDirSync(folder)].map(({ name }) => Deno.readTextFileSync(join(folder, name))).join("\n");
}

/** Returns the number of the job in what `submit` returns. */
export function jobIn(said: string): string {
  return /job (\d+)/.exec(said)?.[1] ?? "";
}

export function runFolder({ runs }: Pick<Place, "runs">): string {
  const [{ name } = { name: "" }] = existsSync(runs) ? [...Deno.readDirSync(runs)] : [];
  return join(runs, name);
}

export function eventsOf(place: Pick<Place, "runs">) {
  const path = join(runFolder(place), "events.jsonl");
  if (!existsSync(path)) return [];
  return Deno.readTextFileSync(path).split("\n").slice(0, -1).flatMap((line) => parseEvent(JSON.parse(line)) ?? []);
}

/** Waits until the run has trained some epochs. */
export async function untilTraining(place: Place): Promise<void> {
  await eventually(
    "the job trains",
    () => eventsOf(place).filter(({ type }) => type === "epoch").length > 3,
    WITHIN_MS,
  );
}

/** Waits until a run that was ended once has trained an epoch after that. */
export async function untilGoingOn(place: Place): Promise<void> {
  await eventually(
    "the job goes on",
    () => {
      const types = eventsOf(place).map(({ type }) => type);
      return types.filter((type) => type === "end").length === 1 && types.at(-1) === "epoch";
    },
    WITHIN_MS,
  );
}

export const ENDLESS = ["--epochs", "1000000", "--patience", "1000000"];

/** The process of the trainer that owns the run. */
export function trainerPid(place: Place): number {
  return JSON.parse(Deno.readTextFileSync(join(runFolder(place), "lock"))).pid;
}

/** Runs a command of Slurm in the environment of the jobs. A job that it submits has the place's folder as its own. */
export async function slurmCommand({ env, root }: Place, command: string, ...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args: [...args], cwd: root, env, stdin: "null" })
    .output();
  assert.ok(success, new TextDecoder().decode(stderr));
}
