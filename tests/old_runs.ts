/** Runs that earlier versions of Headlight wrote, laid out as they were (tests/fixtures/old_runs). */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_ROOT } from "../src/paths.ts";
import { SHARED } from "./support.ts";

/** The versions whose runs are kept. */
export const OLD_VERSIONS = ["version-1", "version-2"] as const;
export type OldVersion = (typeof OLD_VERSIONS)[number];

const FIXTURES = join(PROJECT_ROOT, "tests", "fixtures", "old_runs");
const RUN_ID: Readonly<Record<OldVersion, string>> = {
  "version-1": "20261126-111356-squeezenet11-demo",
  "version-2": "20261126-132629-squeezenet11-demo",
};
/** Files of bytes; every other file is text in which places of the machine are filled in. */
const BINARY = /\.bin$/;

/** An old run in a folder of its own. */
export interface OldRun {
  readonly id: string;
  /** The run's folder. */
  readonly directory: string;
}

/** Copies a version's run into `runs`, with this machine's places in its files. */
export async function layOutOldRun(version: OldVersion, runs: string): Promise<OldRun> {
  const id = RUN_ID[version];
  const directory = join(runs, id);
  await cp(join(FIXTURES, version, id), directory, { recursive: true, verbatimSymlinks: true });
  fillIn(directory, (text) => withPlaces(text, runs));
  return { id, directory };
}

/** What that version printed, e.g. `stream.jsonl`, with this machine's places in it. */
export function printedThen(version: OldVersion, name: string, runs: string): string {
  return withPlaces(Deno.readTextFileSync(join(FIXTURES, version, name)), runs);
}

function withPlaces(text: string, runs: string): string {
  return text.replaceAll("{RUNS}", runs).replaceAll("{SHARED}", SHARED)
    .replaceAll("{CACHE}", join(runs, "cache")).replaceAll("{SOCKETS}", join(runs, "sockets"));
}

function fillIn(folder: string, change: (text: string) => string): void {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) fillIn(path, change);
    else if (isFile && !BINARY.test(name)) Deno.writeTextFileSync(path, change(Deno.readTextFileSync(path)));
  }
}
