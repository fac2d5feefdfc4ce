/** Tests what a process says that has nothing to do, because another host computes the remaining images. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Claims } from "../../src/features/rows/claims.ts";
import { DigestTable } from "../../src/features/rows/digest_table.ts";
import { ROWS_VERSION } from "../../src/features/rows/row_store.ts";
import { eventually, headlight, headlightArgs } from "../process.ts";
import { storedRows, withSmallCluster } from "./small_cluster.ts";

const IMAGES = 8;
const WITHIN_MS = 60_000;
const LINE =
  /^headlight: Waiting for features that node7 is computing\. If nothing comes for a minute, they are computed here\.$/m;

/** Starts a command, waits until its output has the line, and ends it. */
async function untilSaid(args: readonly string[], env: Record<string, string>, line: RegExp): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: headlightArgs(args),
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let said = "";
  const reading = [child.stdout, child.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) said += text;
  });
  await eventually(`it says ${line}, not ${said}`, () => line.test(said), WITHIN_MS);
  child.kill("SIGTERM");
  await Promise.all([...reading, child.status]);
}

Deno.test("an extract and a training that wait for another host's claims say so, with the host's name", () =>
  withSmallCluster(IMAGES, async ({ words, env, root }) => {
    assert.equal((await headlight(["extract", ...words], { env })).status, 0);
    const digests = new DigestTable(IMAGES);
    for (const digest of storedRows(env).keys()) digests.add(digest);
    const rows = join(env["XDG_CACHE_HOME"] ?? "", "headlight", "features", ROWS_VERSION);
    const [recipe = ""] = [...Deno.readDirSync(rows)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
    const folder = join(rows, recipe);
    for (const { name, isFile } of [...Deno.readDirSync(folder)]) if (isFile) Deno.removeSync(join(folder, name));
    assert.ok(existsSync(join(folder, "claims")));
    const claims = Claims.open(folder, digests, { host: "node7" });
    try {
      claims.say([...Array(IMAGES).keys()]);
      await untilSaid(["extract", ...words], env, LINE);
      const runs = join(root, "runs");
      await untilSaid(
        ["train", "--plain", ...words, "--runs", runs],
        env,
        /Waiting for features that node7 is computing\./,
      );
    } finally {
      claims.release();
    }
  }));
