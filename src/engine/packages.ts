/** Where an npm package lies and which version it is, without importing it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { z } from "zod";

const require = createRequire(import.meta.url);
const manifestSchema = z.object({ version: z.string() });

/** The folder of an npm package that deno.json imports. */
export function packageFolder(name: string): string {
  return dirname(require.resolve(`${name}/package.json`));
}

/** The version that is really installed, as its package.json says. */
export function packageVersion(name: string): string {
  return manifestSchema.parse(JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8"))).version;
}
