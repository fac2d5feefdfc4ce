/** Helpers for all tests: the folder of shared test data, temporary folders, and time measurements. */
import { join } from "node:path";
import { PROJECT_ROOT } from "../src/paths.ts";
import { FETCHED, hasTestData, testDataFolder } from "./test_data/place.ts";

/** The folder of shared test data: photographs and weights. HEADLIGHT_SHARED, ../shared, or the fetched one. */
export const SHARED = testDataFolder(Deno.env.get("HEADLIGHT_SHARED"), PROJECT_ROOT, FETCHED);

/** Whether the shared test data is on this machine. */
export const HAS_SHARED = hasTestData(SHARED);

/** What a test needs that is skipped without the shared test data. */
export const SHARED_DATA = "photographs and weights, which `deno task fetch-test-data` downloads";

/** Returns a path inside the shared folder. */
export function shared(...parts: string[]): string {
  return join(SHARED, ...parts);
}

/**
 * Returns a test that needs the shared test data. Without the data it is ignored and counted as skipped.
 *
 * Functions like this one leave `Deno.test` to the file of the test, because `deno test` reports a test under the file
 * that calls it.
 */
export function sharedTest(name: string, fn: (t: Deno.TestContext) => void | Promise<void>): Deno.TestDefinition {
  return { name, fn, ignore: !HAS_SHARED };
}

/** Appended to the name of a test that some machines cannot run. tests/report.ts reads from it why it was skipped. */
export function needs(what: string): string {
  return ` (needs ${what})`;
}

/** The time for which a run that a test has stopped may still write to the test's folder. */
const LAST_WRITE_MS = 20_000;

/** Removes a folder to which a process that is being stopped may still write. */
async function removeFolder(folder: string): Promise<void> {
  for (const deadline = performance.now() + LAST_WRITE_MS;;) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      // A file was created between the listing and the removal. Linux reports ENOTEMPTY, for which Deno has no error
      // class.
      const busy = error instanceof Error && /not empty/i.test(error.message);
      if (!busy || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Runs `body` with a new folder and removes the folder afterwards. */
export async function withTemporaryFolder<T>(body: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "headlight-test-" });
  try {
    return await body(folder);
  } finally {
    await removeFolder(folder);
  }
}

/** The maximum number of attempts at a measurement. */
const ATTEMPTS = 3;

/**
 * Measures something until it takes less than `limitMs`, at most three times, and returns the shortest time in
 * milliseconds. Other work on the machine may slow down one attempt, but hardly all three.
 */
export async function leastMs(limitMs: number, attempt: () => number | Promise<number>): Promise<number> {
  let least = Infinity;
  for (let tried = 0; tried < ATTEMPTS && least >= limitMs; tried++) least = Math.min(least, await attempt());
  return least;
}

/** Returns the number in a variable of the environment, with which a person makes a test longer. */
export function numberIn(variable: string, otherwise: number): number {
  return Number(Deno.env.get(variable) ?? otherwise);
}
