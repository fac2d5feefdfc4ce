import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { headlight } from "../process.ts";
import { SMALL_RUN } from "../run/small_run.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("without a command, the commands are listed, exit status 2", async () => {
  const { status, stdout, stderr } = await headlight([]);
  assert.equal(status, 2);
  for (const command of ["train", "watch", "stop", "checkpoint", "summary", "doctor"]) {
    assert.match(stdout, new RegExp(`^ +${command}\\b`, "m"));
  }
  assert.equal(stderr, "");
});

Deno.test("bad input: --plain and --json cannot be combined in train and in watch, exit status 2", async () => {
  for (const command of ["train", "watch"]) {
    const { status, stderr } = await headlight([command, "--plain", "--json"]);
    assert.deepEqual([status, stderr], [2, "headlight: --plain and --json cannot be combined. Remove one of them.\n"]);
  }
});

for (const view of ["--plain", "--json"]) {
  Deno.test(`bad input: --stay and ${view} cannot be combined, exit status 2`, async () => {
    const { status, stderr } = await headlight(["train", "--stay", view]);
    const expected = `headlight: --stay cannot be combined with ${view}. Remove one of them.\n`;
    assert.deepEqual([status, stderr], [2, expected]);
  });
}

Deno.test("bad input: --stay where no dashboard is shown, exit status 2, no run", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const { status, stderr } = await headlight(["train", ...SMALL_RUN, "--stay", "--runs", runs]);
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^headlight: --stay keeps the dashboard open, but it is not shown here: .* Remove --stay\.\n$/,
    );
    assert.equal(existsSync(runs), false);
  });
});

Deno.test("bad input: --stay and --leave cannot be combined, exit status 2", async () => {
  const { status, stderr } = await headlight(["train", "--stay", "--leave"]);
  assert.deepEqual([status, stderr], [2, "headlight: --stay and --leave cannot be combined. Remove one of them.\n"]);
});
