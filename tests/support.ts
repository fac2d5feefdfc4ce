/** What tests share: where the shared test data lies, temporary folders, and one engine. */
import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { PROJECT_ROOT } from "../src/paths.ts";

const named = Deno.env.get("HEADLIGHT_SHARED") ?? "../shared";
/** The folder of shared test data (goldens, pictures, weights): HEADLIGHT_SHARED, else ../shared beside the project. */
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

/** Runs `body` with a fresh folder that is gone afterwards. */
export async function withTemporaryFolder<T>(body: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "headlight-test-" });
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
