/** Fills up a disk during a run: a real file system of a few megabytes, in a mount namespace of the test. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { parseEvent } from "../../src/events.ts";
import { tensorflowEngine } from "../engine.ts";
import { headlightArgs } from "../process.ts";
import { needs, withTemporaryFolder } from "../support.ts";
import { ENDLESS, SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

const unshare = ["-rm", "/bin/sh", "-c"];

/** Whether this machine lets a test mount a file system that only the test can see. */
const canMount = (await new Deno.Command("unshare", { args: [...unshare, "mount -t tmpfs none /mnt"], stderr: "null" })
  .output().catch(() => null))?.success === true;

Deno.test({
  name: `a full disk ends the run with reason failed, exit status 1 and the cause in one line, keeping what was saved${
    needs("mounts of its own")
  }`,
  ignore: !canMount,
  fn: async () => {
    await withTemporaryFolder(async (runs) => {
      // There is room for a few checkpoints, and the log grows until nothing fits. What was saved is copied out.
      const script = `mount -t tmpfs -o size=1m none "$1" && mkdir "$1/runs" && shift && "$@"; status=$?; ` +
        `d=$(dirname "$(ls -d ${runs}/runs/*/config.json)"); ls "$d/checkpoints" >&2; ` +
        `ls "$d/checkpoints/best/" >&2; exit $status`;
      const args = ["train", ...SMALL_RUN, ...ENDLESS, "--json", "--hidden", "100", "--runs", join(runs, "runs")];
      const { code, stdout, stderr } = await new Deno.Command("unshare", {
        args: [...unshare, script, "sh", runs, Deno.execPath(), ...headlightArgs(args)],
      }).output();
      const events = new TextDecoder().decode(stdout).trimEnd().split("\n").map((line) => parseEvent(JSON.parse(line)));
      const end = events.at(-1);
      assert.ok(end?.type === "end", "no end");
      assert.equal(end.reason, "failed");
      assert.match(end.error ?? "", /^writing to [^\n]*No space left on device/);
      assert.ok(end.epochs > 0);
      assert.equal(code, 1);
      assert.match(new TextDecoder().decode(stderr), /best[\s\S]*manifest\.json[\s\S]*weights\.bin/);
    });
  },
});
