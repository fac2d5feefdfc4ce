/** Programs of Headlight that run as processes of their own. */
import { join } from "node:path";
import { PROJECT_ROOT } from "./paths.ts";

/**
 * Returns Deno's arguments for a program. With deno.json, whose `nodeModulesDir` is `manual`, Deno uses node_modules as
 * it is and never downloads packages.
 */
export function programArgs(entry: string, ...args: readonly string[]): string[] {
  return ["run", "-A", "--quiet", "--no-lock", "--config", join(PROJECT_ROOT, "deno.json"), entry, ...args];
}

/**
 * Adds to the arguments of a program that runs for long that V8's space for new objects stays at 16 MB. By default it
 * grows to 64 MB, which saves no processor time in training.
 */
export function withSmallHeap([command = "", ...args]: readonly string[]): string[] {
  return [command, "--v8-flags=--max-semi-space-size=8", ...args];
}
