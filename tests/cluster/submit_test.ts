/** Tests what `slurm --submit` says if a real Slurm takes no job. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { headlight } from "../process.ts";
import { inSlurm, type Place } from "./slurm_place.ts";

async function submit({ script, words, env }: Place, array: string, more: Record<string, string> = {}) {
  const line = ["slurm", "--array", array, "--submit", "--out", script, "--", "train", ...words, "--name", "x"];
  return await headlight(line, { env: { ...env, ...more } });
}

Deno.test(inSlurm(
  "a sbatch that does not work is not called missing: its error, SLURM_CONF and the script's path are named",
  "linuxproc",
  async (place) => {
    // Slurm looks for a file that is missing for up to a minute, and not for one that says nothing.
    const conf = join(place.root, "empty.conf");
    Deno.writeTextFileSync(conf, "");
    const { status, stderr } = await submit(place, "2", { SLURM_CONF: conf });
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^headlight: --submit: sbatch does not work here: .*Unable to process configuration file\. Correct SLURM_CONF=\S+empty\.conf, or copy .*job\.sh to a login node/m,
    );
    assert.ok(existsSync(place.script));
  },
));

Deno.test(inSlurm(
  "an array that is too large for the cluster is refused with the largest one that is not",
  "linuxproc",
  async (place) => {
    const { status, stderr } = await submit(place, "5000");
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^headlight: Slurm refused the job: .*Invalid job array specification\. This cluster takes at most 1001 tasks \(MaxArraySize\): use --array 1001 or less\.$/m,
    );
    assert.ok(!existsSync(place.script));
  },
));
