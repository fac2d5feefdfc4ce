/** What commands say about a run whose folder cannot be written. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { headlightArgs } from "../process.ts";
import { makeKilled } from "../run/resume/resumable_run.ts";
import { CAN_MOUNT, MOUNTS } from "../small_disk.ts";
import { needs, withTemporaryFolder } from "../support.ts";

const ID = "20261123-205501-squeezenet11-demo";
const CASES = {
  "train --resume": [["train", "--resume", ID, "--plain"], "cannot go on", 2],
  "runs rm": [["runs", "rm", ID, "--yes"], "cannot be removed", 1],
} as const;

for (const [name, [args, says, status]] of Object.entries(CASES)) {
  Deno.test({
    name: `${name} on a read-only disk: one line that says what is wrong, where, and what to do${needs(MOUNTS)}`,
    ignore: !CAN_MOUNT,
    fn: () =>
      withTemporaryFolder(async (folder) => {
        const runs = join(folder, "runs");
        const { run } = makeKilled(join(runs, ID), undefined, { options: { engine: "wasm", weights: "random" } });
        const mount = `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"`;
        const command = [Deno.execPath(), ...headlightArgs([...args, "--runs", runs])];
        const { code, stdout, stderr } = await new Deno.Command("unshare", {
          args: ["-rm", "/bin/sh", "-c", mount, runs, ...command],
          ...{ cwd: PROJECT_ROOT, stdin: "null", stdout: "piped", stderr: "piped" },
          env: { NO_COLOR: "1" },
        }).output();
        const said = new TextDecoder().decode(stderr);
        assert.deepEqual([code, new TextDecoder().decode(stdout)], [status, ""], said);
        const path = `${run.path}(/\\S+)?`;
        const line = `^headlight: Run ${ID} ${says}: ${path} cannot be written \\([Rr]ead-only file system\\)\\. ` +
          "Mount that disk so that it can be written, or copy the run to another one\\.\\n$";
        assert.match(said, new RegExp(line));
      }),
  });
}
