/** An engine whose device this machine does not have is refused before a run has a folder. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { headlight } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { NO_DRIVERS } from "../webgpu.ts";

const TRAIN = ["train", "--data", "demo", "--base", "squeezenet11", "--weights", "random", "--epochs", "1"];

const REFUSED: readonly (readonly [flags: readonly string[], says: RegExp])[] = [
  // On a machine with GPUs none has this number.
  [["--engine", "cuda", "--gpu", "999"], /^headlight: --(?:engine cuda|gpu 999): .+\.\n$/],
  [["--gpu", "999"], /^headlight: --gpu 999: .+\.\n$/],
  [["--engine", "webgpu"], /^headlight: --engine webgpu: .+\.\n$/],
];

for (const [flags, says] of REFUSED) {
  for (const more of [["--plain"], ["--detach"]]) {
    Deno.test(`train ${[...flags, ...more].join(" ")} without such a GPU is refused in one line and leaves no run`, async () => {
      await withTemporaryFolder(async (folder) => {
        const runs = join(folder, "runs");
        const { status, stdout, stderr } = await headlight([...TRAIN, ...flags, ...more, "--runs", runs], {
          env: NO_DRIVERS,
        });
        assert.match(stderr, says);
        assert.equal(status, 2);
        assert.equal(stdout, "");
        const left = await Deno.stat(runs).then(() => [...Deno.readDirSync(runs)].map(({ name }) => name), () => []);
        assert.deepEqual(left.filter((name) => !name.startsWith(".")), []);
      });
    });
  }
}
