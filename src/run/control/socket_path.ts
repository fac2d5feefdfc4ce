/**
 * The path of a run's control socket. It is in a folder of the user, with a short name, because the system limits the
 * length of the path.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { errorLine, HeadlightError } from "../../errors.ts";
import { folderIn, temporaryFolder } from "../../paths.ts";

type Env = (name: string) => string | undefined;

/** The length of sun_path without its final zero byte. It has 108 bytes on Linux, 104 on macOS. */
const LONGEST_PATH = Deno.build.os === "darwin" ? 103 : 107;

/**
 * Returns the folders for sockets, the best first: $XDG_RUNTIME_DIR/headlight, then headlight-<uid> in the temporary
 * folder.
 */
export function socketFolders(env: Env = (name) => Deno.env.get(name), uid: number | null = Deno.uid()): string[] {
  const runtime = folderIn("XDG_RUNTIME_DIR", env);
  const temporary = join(temporaryFolder(), `headlight-${uid ?? "user"}`);
  return runtime === null ? [temporary] : [join(runtime, "headlight"), temporary];
}

/** Matches the file names that `socketPath` makes. */
export const SOCKET_NAME = /^[0-9a-f]{16}\.sock$/;

/** Returns the path of a run's socket in a folder. `runPath` is absolute. */
export function socketPath(runPath: string, folder: string): string {
  return join(folder, createHash("sha256").update(runPath).digest("hex").slice(0, 16) + ".sock");
}

/**
 * Returns the socket's path in the first folder that can be used, which is created. The first folder is often unusable
 * after `su` and `sudo`, which keep another user's XDG_RUNTIME_DIR.
 * @throws HeadlightError (2) if no folder can be used
 */
export function findSocketPath(runPath: string, folders: readonly string[] = socketFolders()): string {
  const refusals: string[] = [];
  for (const folder of folders) {
    const path = socketPath(runPath, folder);
    if (new TextEncoder().encode(path).length > LONGEST_PATH) {
      refusals.push(`in ${folder} its path would have more than ${LONGEST_PATH} bytes`);
      continue;
    }
    try {
      prepareSocketFolder(folder);
      return path;
    } catch (error) {
      refusals.push(errorLine(error));
    }
  }
  throw new HeadlightError(
    `The control socket cannot be created: ${refusals.join("; ")}. Set XDG_RUNTIME_DIR to a folder of your own.`,
  );
}

/**
 * Creates the folder, accessible to its owner only.
 * @throws if the folder cannot be created or written, or belongs to another user. In a shared temporary folder, anybody
 * may create a folder of any name.
 */
function prepareSocketFolder(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid } = Deno.lstatSync(folder);
  if (uid !== null && uid !== Deno.uid()) throw new HeadlightError(`${folder} belongs to another user`);
  Deno.chmodSync(folder, 0o700);
  Deno.removeSync(Deno.makeTempFileSync({ dir: folder, prefix: ".writable-" }));
}
