/**
 * The folders of this machine (the project, the cache, the caller's working directory), and how commands are spelled.
 */
import { existsSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { HeadlightError } from "./errors.ts";
import { shellWord } from "./shell.ts";

type Env = (name: string) => string | undefined;
const processEnv: Env = (name) => Deno.env.get(name);

/** The environment variables that name a folder of this machine. */
const FOLDER_VARIABLES = ["HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "TMPDIR"] as const;

/**
 * Returns the folder that an environment variable names, or null if it names none. A relative path is ignored: the XDG
 * Base Directory specification requires this for its variables, and any other relative path would be a different folder
 * in each process.
 */
export function folderIn(name: (typeof FOLDER_VARIABLES)[number], env: Env = processEnv): string | null {
  const path = env(name);
  return path !== undefined && isAbsolute(path) ? path : null;
}

/** Returns a warning for each environment variable that is ignored because its path is relative. */
export function ignoredFolders(env: Env = processEnv): string[] {
  return FOLDER_VARIABLES.filter((name) => env(name) && folderIn(name, env) === null).map((name) => {
    const rule = name.startsWith("XDG_") ? " (XDG Base Directory specification)" : "";
    return `${name}=${env(name)} is ignored. Set it to an absolute path${rule}.`;
  });
}

/** Returns the home folder: $HOME, or the one in the user database, or null if there is neither. */
export function homeFolder(env: Env = processEnv, fromDatabase: () => string | null = homeInDatabase): string | null {
  return folderIn("HOME", env) ?? fromDatabase();
}

function homeInDatabase(): string | null {
  try {
    return userInfo().homedir;
  } catch {
    // The user has no entry, as in a container that was started with another user id.
    return null;
  }
}

/** Returns the folder for temporary files. */
export function temporaryFolder(): string {
  const folder = tmpdir();
  return isAbsolute(folder) ? folder : "/tmp";
}

/** The project's folder, whatever the working directory. */
export const PROJECT_ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/**
 * Returns the machine-wide cache folder (engines/, weights/, features/): $XDG_CACHE_HOME/headlight or
 * ~/.cache/headlight.
 * @throws HeadlightError (2) if neither can be determined
 */
export function cacheRoot(env: Env = processEnv, home: string | null = homeFolder(env)): string {
  const base = folderIn("XDG_CACHE_HOME", env) ?? (home === null ? null : join(home, ".cache"));
  if (base !== null) return join(base, "headlight");
  throw new HeadlightError(
    "HOME and XDG_CACHE_HOME name no folder for the cache. Set one of them to the absolute path of a folder.",
  );
}

/**
 * Returns the caller's working directory. `deno task` changes to the project's folder and keeps the caller's in
 * INIT_CWD.
 */
export function callerDirectory(
  cwd: string = Deno.cwd(),
  env: Env = processEnv,
): string {
  const initial = env("INIT_CWD");
  return cwd === PROJECT_ROOT && initial ? initial : cwd;
}

/**
 * Returns how Headlight is started from the caller's working directory: with `deno task`, with the command that `deno
 * install` made, or, without such a command, with the path of main.ts.
 */
export function commandName(
  cwd: string = Deno.cwd(),
  env: Env = processEnv,
  exists: (path: string) => boolean = existsSync,
): string {
  if (cwd === PROJECT_ROOT || env("INIT_CWD")) return "deno task";
  const installed = (env("PATH") ?? "").split(":").some((folder) => folder !== "" && exists(join(folder, "headlight")));
  return installed ? "headlight" : `deno run -A ${shellWord(join(PROJECT_ROOT, "main.ts"))}`;
}

/**
 * Matches commands in their canonical spelling, such as `deno task train`. All texts and files of the program use it.
 */
const CANONICAL =
  /\bdeno task (?=(?:train|watch|stop|checkpoint|pause|resume|summary|evaluate|plot|compare|report|predict|export|extract|slurm|lesson|bases|runs|engine|cache|doctor)\b)/g;

/**
 * Replaces the commands in a text by how they must be typed here. All output for people passes through this function.
 */
export function spellCommands(text: string, command: string = spelled()): string {
  return command === "deno task" ? text : text.replaceAll(CANONICAL, `${command.replaceAll("$", "$$$$")} `);
}

let known: string | undefined;

/** Returns the spelling of commands, which is determined once per process. */
function spelled(): string {
  return known ??= commandName();
}

/**
 * Returns a path that was given by the user as an absolute path. `~/` is replaced by the home folder here, because
 * shells do not do so in `--runs=~/runs`, and no shell reads a config file.
 * @throws HeadlightError (2) for another user's home folder, or if there is no home folder
 */
export function fromCaller(path: string, home: () => string | null = homeFolder): string {
  const [start, user] = /^~([^/]*)(?=\/|$)/.exec(path) ?? [];
  const directory = callerDirectory();
  // Names of files may begin with ~ too.
  const isName = user !== "" && (start === path || existsSync(join(directory, start ?? "")));
  if (start === undefined || isName) return resolve(directory, path);
  const folder = user === "" ? home() : null;
  if (folder === null) {
    throw new HeadlightError(`${path}: ${start} cannot be resolved to a folder. Write the path in full.`);
  }
  return join(folder, path.slice(start.length));
}
