/** What tests share: where the shared test data lies, temporary folders, and one engine. */
import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { PROJECT_ROOT } from "../src/paths.ts";

const named = Deno.env.get("HEADLIGHT_SHARED") ?? "../shared";
/** The folder of shared test data (goldens, images, weights): HEADLIGHT_SHARED, else ../shared beside the project. */
export const SHARED = isAbsolute(named) ? named : resolve(PROJECT_ROOT, named);

/** A path inside the shared folder. */
export function shared(...parts: string[]): string {
  return join(SHARED, ...parts);
}

/** A test that needs the shared folder; ignored (and counted as skipped) where it is not there. */
export function sharedTest(name: string, fn: (t: Deno.TestContext) => void | Promise<void>): void {
  Deno.test({ name, fn, ignore: !existsSync(SHARED) });
}

/** Ends the name of a test that some machines cannot run, so that .ci/count.ts lets it be skipped. */
export function needs(what: string): string {
  return ` (needs ${what})`;
}

/** How long a run that a test has told to stop may go on writing into the test's folder. */
const LAST_WRITE_MS = 20_000;

/** Removes a folder that a process which was told to end may still be writing into. */
async function removeFolder(folder: string): Promise<void> {
  for (const deadline = performance.now() + LAST_WRITE_MS;;) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      // A file made between the listing and the removal; Linux says ENOTEMPTY, and Deno has no class for it.
      const busy = error instanceof Error && /not empty/i.test(error.message);
      if (!busy || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Runs `body` with a fresh folder that is gone afterwards. */
export async function withTemporaryFolder<T>(body: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "headlight-test-" });
  try {
    return await body(folder);
  } finally {
    await removeFolder(folder);
  }
}

/** How often something that took too long is measured again. */
const ATTEMPTS = 3;

/**
 * Measures something until it takes less than `limitMs`, three times at most, and returns the shortest time in
 * milliseconds. Other work on the machine holds up one attempt, but hardly each of three.
 */
export async function leastMs(limitMs: number, attempt: () => number | Promise<number>): Promise<number> {
  let least = Infinity;
  for (let tried = 0; tried < ATTEMPTS && least >= limitMs; tried++) least = Math.min(least, await attempt());
  return least;
}
