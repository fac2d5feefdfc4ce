/**
 * Installs the packages that deno.lock names into node_modules, if they are not there, and says so in one line. Every
 * task of deno.json runs this first. With `"nodeModulesDir": "auto"` Deno would install them before a task's command
 * starts, so no command could say what the person is waiting for. Imports nothing: no package is installed yet.
 */

/** The size of node_modules in MB. A test measures it. */
export const PACKAGES_MB = 515;

/** What `installPackages` uses of the machine. */
export interface Installer {
  /** The project's folder, with a slash at the end. It holds deno.lock and node_modules. */
  readonly root: string;
  /** Installs the packages and returns the exit status. */
  readonly install: () => number;
  readonly say: (line: string) => void;
}

/**
 * Installs the packages unless node_modules has those of this deno.lock for this platform. A stamp in node_modules
 * holds the lock file that they were installed for. It is written last, so an interrupted installation is done again.
 *
 * @returns the exit status: 0 if the packages are there
 */
export function installPackages({ root, install, say }: Installer): number {
  const stamp = `${root}node_modules/.headlight-installed`;
  const wanted = `${Deno.build.target}\n${Deno.readTextFileSync(`${root}deno.lock`)}`;
  if (textOf(stamp) === wanted) return 0;
  const first = !exists(`${root}node_modules/.deno`);
  say(
    first
      ? `Installing Headlight's packages into node_modules: ${PACKAGES_MB} MB, once.`
      : "Updating Headlight's packages in node_modules.",
  );
  const status = install();
  if (status === 0) write(stamp, wanted);
  else say("Headlight's packages could not be installed. See the error above, and run the same command again.");
  return status;
}

function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Writes a file and renames it into place, so that another task that starts meanwhile never reads half of it. */
function write(path: string, text: string): void {
  const unfinished = `${path}.${Deno.pid}`;
  try {
    Deno.writeTextFileSync(unfinished, text);
    Deno.renameSync(unfinished, path);
  } catch {
    // The folder is read-only. The packages are there all the same, and the next task checks them again.
  }
}

/**
 * Has Deno install the packages. In `auto` mode Deno does that before it runs a program that imports any of them, with
 * a progress bar that it removes at the end. `deno install` would list all packages below the bar. If two tasks install
 * at once, the second waits for Deno's lock on node_modules.
 */
function installWithDeno(root: string): number {
  const quiet = Deno.stderr.isTerminal() ? [] : ["--quiet"];
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", ...quiet, "--frozen", "--node-modules-dir=auto", "--config", `${root}deno.json`, 'import "zod"'],
    cwd: root,
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).outputSync().code;
}

if (import.meta.main) {
  const root = decodeURIComponent(new URL("..", import.meta.url).pathname);
  Deno.exit(installPackages({ root, install: () => installWithDeno(root), say: console.error }));
}
