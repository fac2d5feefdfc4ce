/** Where things lie on this machine: the project, the cache, and where the person stands. */
import { existsSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { HeadlightError } from "./errors.ts";
import { shellWord } from "./shell.ts";

type Env = (name: string) => string | undefined;
const processEnv: Env = (name) => Deno.env.get(name);

/** The variables that name a folder of this machine. */
const FOLDER_VARIABLES = ["HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "TMPDIR"] as const;

/**
 * The folder that a variable names, or null if it names none. A relative path is ignored: the XDG Base Directory
 * specification has it so for its variables, and elsewhere it would be another folder for each process.
 */
export function folderIn(name: (typeof FOLDER_VARIABLES)[number], env: Env = processEnv): string | null {
  const path = env(name);
  return path !== undefined && isAbsolute(path) ? path : null;
}

/** Returns a line for each variable that is ignored because its path is relative. */
export function ignoredFolders(env: Env = processEnv): string[] {
  return FOLDER_VARIABLES.filter((name) => env(name) && folderIn(name, env) === null).map((name) => {
    const rule = name.startsWith("XDG_") ? ", as the XDG Base Directory specification says" : "";
    return `${name}=${env(name)} is ignored: it must be an absolute path${rule}`;
  });
}

/** The person's home folder: $HOME, else what the user database has; null if there is none. */
export function homeFolder(env: Env = processEnv, fromDatabase: () => string | null = homeInDatabase): string | null {
  return folderIn("HOME", env) ?? fromDatabase();
}

function homeInDatabase(): string | null {
  try {
    return userInfo().homedir;
  } catch {
    // A user without an entry, as in a container that was started with another user's number.
    return null;
  }
}

/** The folder for temporary files. */
export function temporaryFolder(): string {
  const folder = tmpdir();
  return isAbsolute(folder) ? folder : "/tmp";
}

/** The project's folder, wherever it is run from. */
export const PROJECT_ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/**
 * The machine-wide cache (engines/, weights/, features/): $XDG_CACHE_HOME/headlight, else ~/.cache/headlight.
 * @throws HeadlightError (2) if there is neither
 */
export function cacheRoot(env: Env = processEnv, home: string | null = homeFolder(env)): string {
  const base = folderIn("XDG_CACHE_HOME", env) ?? (home === null ? null : join(home, ".cache"));
  if (base !== null) return join(base, "headlight");
  throw new HeadlightError(
    "there is no home folder to keep the cache in: set HOME, or XDG_CACHE_HOME, to the absolute path of a folder",
  );
}

/** Where the person stands: `deno task` changes to the project's folder and keeps the caller's in INIT_CWD. */
export function callerDirectory(
  cwd: string = Deno.cwd(),
  env: Env = processEnv,
): string {
  const initial = env("INIT_CWD");
  return cwd === PROJECT_ROOT && initial ? initial : cwd;
}

/**
 * How Headlight is started where the person stands: through its tasks, as the command that `deno install` made, or, where
 * there is no such command, by its path.
 */
export function commandName(
  cwd: string = Deno.cwd(),
  env: Env = processEnv,
  exists: (path: string) => boolean = existsSync,
): string {
  if (cwd === PROJECT_ROOT || env("INIT_CWD")) return "deno task";
  const installed = (env("PATH") ?? "").split(":").some((folder) => folder !== "" && exists(join(folder, "headlight")));
  return installed ? "headlight" : `deno run -A --node-modules-dir=manual ${shellWord(join(PROJECT_ROOT, "main.ts"))}`;
}

/** The canonical spelling of a command, in every text of the program and in its files: `deno task train`. */
const CANONICAL = /\bdeno task (?=(?:train|watch|stop|checkpoint|summary|evaluate|plot|predict|runs|cache|doctor)\b)/g;

/** Spells the commands in a text as they work where it is shown. Everything that a person sees comes through here. */
export function spellCommands(text: string, command: string = spelled()): string {
  return command === "deno task" ? text : text.replaceAll(CANONICAL, `${command.replaceAll("$", "$$$$")} `);
}

let known: string | undefined;

/** It stays as it is as long as the process lives. */
function spelled(): string {
  return known ??= commandName();
}

/**
 * A path as the person gave it, made absolute. `~/` is the home folder: shells leave it as it is in `--runs=~/runs`, and
 * nobody replaces it in a config file.
 * @throws HeadlightError (2) for another person's home, and for one's own if there is none
 */
export function fromCaller(path: string, home: () => string | null = homeFolder): string {
  const [start, user] = /^~([^/]*)(?=\/|$)/.exec(path) ?? [];
  const directory = callerDirectory();
  // Names of files may begin with ~ too.
  const isName = user !== "" && (start === path || existsSync(join(directory, start ?? "")));
  if (start === undefined || isName) return resolve(directory, path);
  const folder = user === "" ? home() : null;
  if (folder === null) {
    throw new HeadlightError(`${path}: the folder ${start} is not known here; write the path in full`);
  }
  return join(folder, path.slice(start.length));
}
