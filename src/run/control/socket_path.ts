/**
 * Where a run's control socket lies: in a folder of the user's own, under a short name, since the system refuses a
 * longer path.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { errorLine, HeadlightError } from "../../errors.ts";
import { folderIn, temporaryFolder } from "../../paths.ts";

type Env = (name: string) => string | undefined;

/** sun_path with its closing zero: 108 bytes on Linux, 104 on macOS. */
const LONGEST_PATH = Deno.build.os === "darwin" ? 103 : 107;

/** Where sockets may lie, best first: $XDG_RUNTIME_DIR/headlight, then headlight-<uid> in the temporary folder. */
export function socketFolders(env: Env = (name) => Deno.env.get(name), uid: number | null = Deno.uid()): string[] {
  const runtime = folderIn("XDG_RUNTIME_DIR", env);
  const temporary = join(temporaryFolder(), `headlight-${uid ?? "user"}`);
  return runtime === null ? [temporary] : [join(runtime, "headlight"), temporary];
}

/** As `socketPath` names sockets. */
export const SOCKET_NAME = /^[0-9a-f]{16}\.sock$/;

/** The socket of the run in a directory (absolute path). */
export function socketPath(runPath: string, folder: string): string {
  return join(folder, createHash("sha256").update(runPath).digest("hex").slice(0, 16) + ".sock");
}

/**
 * The socket's path in the first folder that can be used, which is made. `su` and `sudo` leave another user's
 * XDG_RUNTIME_DIR behind, so the first one often cannot.
 * @throws HeadlightError (2) where none can.
 */
export function findSocketPath(runPath: string, folders: readonly string[] = socketFolders()): string {
  const refusals: string[] = [];
  for (const folder of folders) {
    const path = socketPath(runPath, folder);
    if (new TextEncoder().encode(path).length > LONGEST_PATH) {
      refusals.push(`${folder} makes a path of more than ${LONGEST_PATH} bytes`);
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
    `no folder for the control socket: ${refusals.join("; ")}; set XDG_RUNTIME_DIR to a folder of your own`,
  );
}

/**
 * Makes the folder, readable for its owner only.
 * @throws where it cannot be made or written, or somebody else owns it: in a shared temporary folder anybody may make
 * any name.
 */
function prepareSocketFolder(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid } = Deno.lstatSync(folder);
  if (uid !== null && uid !== Deno.uid()) throw new HeadlightError(`${folder} belongs to another user`);
  Deno.chmodSync(folder, 0o700);
  Deno.removeSync(Deno.makeTempFileSync({ dir: folder, prefix: ".writable-" }));
}
