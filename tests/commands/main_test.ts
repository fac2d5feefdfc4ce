import assert from "node:assert/strict";
import { headlight } from "../process.ts";

Deno.test("without a command the commands are listed, exit status 2", async () => {
  const { status, stdout, stderr } = await headlight([]);
  assert.equal(status, 2);
  for (const command of ["train", "watch", "stop", "checkpoint", "summary", "doctor"]) {
    assert.match(stdout, new RegExp(`^ +${command}\\b`, "m"));
  }
  assert.equal(stderr, "");
});
