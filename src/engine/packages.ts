/** Finds the folder and the version of an npm package without importing it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { z } from "zod";

const require = createRequire(import.meta.url);
const manifestSchema = z.object({ version: z.string() });

/** Returns the folder of an npm package that deno.json imports. */
export function packageFolder(name: string): string {
  return dirname(require.resolve(`${name}/package.json`));
}

/** Returns the installed version of an npm package, from its package.json. */
export function packageVersion(name: string): string {
  return manifestSchema.parse(JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8"))).version;
}
