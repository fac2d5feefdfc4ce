/** Where the large test data is: real photographs and real weights. */
import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";

/** The folder that `deno task fetch-test-data` fills. */
export const FETCHED = join(PROJECT_ROOT, "test-data");

/** The file that is written last, so that an incomplete folder is not used. */
export const LAST_FILE = join("data", "grocery10", "classes.txt");

/** Returns whether a folder has the test data. */
export function hasTestData(folder: string): boolean {
  return existsSync(join(folder, LAST_FILE));
}

/**
 * Returns the folder of test data: the one that `named` (HEADLIGHT_SHARED) names, or else ../shared beside the project
 * if it has the test data, or else the fetched one.
 *
 * @param root the project's folder
 */
export function testDataFolder(named: string | undefined, root: string, fetched: string): string {
  if (named !== undefined) return isAbsolute(named) ? named : resolve(root, named);
  const beside = resolve(root, "..", "shared");
  return hasTestData(beside) ? beside : fetched;
}
