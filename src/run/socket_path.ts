/** Where a run's control socket lies: short, since a path over 107 bytes is refused, and in a folder of the user's own. */
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HeadlightError } from "../errors.ts";

type Env = (name: string) => string | undefined;

/** $XDG_RUNTIME_DIR/headlight, else headlight-<uid> in the temporary folder. */
export function socketFolder(env: Env = (name) => Deno.env.get(name), uid: number | null = Deno.uid()): string {
  const runtime = env("XDG_RUNTIME_DIR");
  return runtime?.startsWith("/") ? join(runtime, "headlight") : join(tmpdir(), `headlight-${uid ?? "user"}`);
}

/** The socket of the run in a directory (absolute path). */
export function socketPath(runPath: string, folder: string = socketFolder()): string {
  return join(folder, createHash("sha256").update(runPath).digest("hex").slice(0, 16) + ".sock");
}

/**
 * Makes the folder, readable for its owner only.
 * @throws HeadlightError where somebody else owns it: in a shared temporary folder anybody may make any name.
 */
export function prepareSocketFolder(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid } = Deno.lstatSync(folder);
  if (uid !== null && uid !== Deno.uid()) {
    throw new HeadlightError(`${folder} belongs to another user: set XDG_RUNTIME_DIR to a folder of your own`, 1);
  }
  Deno.chmodSync(folder, 0o700);
}
