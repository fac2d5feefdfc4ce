/** Runs written by earlier versions of Headlight, exactly as they stored them (tests/fixtures/old_runs). */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_ROOT } from "../src/paths.ts";
import { SHARED } from "./support.ts";

/** The versions for which a run is kept. */
export const OLD_VERSIONS = ["version-1", "version-2"] as const;
export type OldVersion = (typeof OLD_VERSIONS)[number];

const FIXTURES = join(PROJECT_ROOT, "tests", "fixtures", "old_runs");
const RUN_ID: Readonly<Record<OldVersion, string>> = {
  "version-1": "20261126-111356-squeezenet11-demo",
  "version-2": "20261126-132629-squeezenet11-demo",
};
/** The binary files. In all other files, which are text, placeholders are replaced by this machine's paths. */
const BINARY = /\.bin$/;

/** An old run, copied into a folder of its own. */
export interface OldRun {
  readonly id: string;
  /** The run directory. */
  readonly directory: string;
}

/** Copies the run of a version into `runs` and fills in this machine's paths. */
export async function layOutOldRun(version: OldVersion, runs: string): Promise<OldRun> {
  const id = RUN_ID[version];
  const directory = join(runs, id);
  await cp(join(FIXTURES, version, id), directory, { recursive: true, verbatimSymlinks: true });
  fillIn(directory, (text) => withPlaces(text, runs));
  return { id, directory };
}

/** Returns what that version printed, e.g. `stream.jsonl`, with this machine's paths filled in. */
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
