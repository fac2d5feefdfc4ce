import assert from "node:assert/strict";
import { shareCores } from "../../src/engine/share_cores.ts";

const CASES = [[1, 1, 1], [2, 2, 1], [3, 2, 1], [4, 4, 1], [6, 4, 1], [8, 4, 2], [16, 4, 4]] as const;

for (const [cores, towers, threadsPerOp] of CASES) {
  Deno.test(`${cores} cores run ${towers} towers with ${threadsPerOp} threads per op`, () => {
    assert.deepEqual(shareCores(cores), { towers, threadsPerOp });
  });
}
