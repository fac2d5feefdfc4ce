/** Where things lie on this machine: the project, the cache, and where the person stands. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder, wherever it is run from. */
export const PROJECT_ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** The machine-wide cache (engines/, weights/, features/): $XDG_CACHE_HOME/headlight, else ~/.cache/headlight. */
export function cacheRoot(env: (name: string) => string | undefined = (name) => Deno.env.get(name)): string {
  const base = env("XDG_CACHE_HOME");
  // The XDG base directory specification: a relative path is invalid and to be ignored.
  return join(base?.startsWith("/") ? base : join(homedir(), ".cache"), "headlight");
}

/** Where the person stands: `deno task` changes to the project's folder and keeps the caller's in INIT_CWD. */
export function callerDirectory(
  cwd: string = Deno.cwd(),
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): string {
  const initial = env("INIT_CWD");
  return cwd === PROJECT_ROOT && initial ? initial : cwd;
}

/** How the person starts Headlight: through its tasks, or as the command that `deno install` made. */
export function commandName(
  cwd: string = Deno.cwd(),
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): "deno task" | "headlight" {
  return cwd === PROJECT_ROOT || env("INIT_CWD") ? "deno task" : "headlight";
}

/** A path as the person gave it, made absolute. */
export function fromCaller(path: string): string {
  return resolve(callerDirectory(), path);
}
