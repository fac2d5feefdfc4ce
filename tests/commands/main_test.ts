import assert from "node:assert/strict";
import { headlight } from "../process.ts";

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

Deno.test("bad input: --stay and --leave cannot be combined, exit status 2", async () => {
  const { status, stderr } = await headlight(["train", "--stay", "--leave"]);
  assert.deepEqual([status, stderr], [2, "headlight: --stay and --leave cannot be combined. Remove one of them.\n"]);
});
