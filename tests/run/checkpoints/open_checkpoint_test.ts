import assert from "node:assert/strict";
import { join } from "node:path";
import { openCheckpoint } from "../../../src/run/checkpoints/open_checkpoint.ts";
import { errorLine } from "../../../src/errors.ts";
import { withTemporaryFolder } from "../../support.ts";
import { makeRun } from "../made_run.ts";

function refusal(folder: string, epochs: readonly number[]): string {
  const run = makeRun(join(folder, `a${epochs.length}`));
  for (const epoch of epochs) {
    Deno.mkdirSync(join(run.checkpoints, `epoch-${String(epoch).padStart(4, "0")}`), { recursive: true });
  }
  try {
    openCheckpoint(run, "nope");
  } catch (error) {
    return errorLine(error);
  }
  throw new Error("it was opened");
}

Deno.test("a checkpoint that is not there: few are all named, of many the newest ones and their number", async () => {
  await withTemporaryFolder((folder) => {
    assert.match(
      refusal(folder, [10]),
      /^Run a1 has no checkpoint nope\. It has best, last, epoch-0010, epoch-0002\.$/,
    );
    const many = Array.from({ length: 40 }, (_, index) => 3 + index * 100);
    assert.match(
      refusal(folder, many),
      /^Run a40 has no checkpoint nope\. It has best, last, and 41 of single epochs, the newest of which are epoch-3903, epoch-3803, epoch-3703\.$/,
    );
  });
});
