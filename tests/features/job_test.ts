import assert from "node:assert/strict";
import { decodeReport, encodeReport } from "../../src/features/job.ts";

Deno.test("a report survives native output that ends without a line break, and nothing else is taken for one", () => {
  const report = {
    type: "shard",
    part: "train",
    from: 0,
    to: 32,
    broken: [] as never[],
    key: "ab".repeat(32),
  } as const;
  const output = `native noise${encodeReport(report)}{"type":"unknown"}\n{broken\n42\n`;
  assert.deepEqual(output.split("\n").map(decodeReport).filter((found) => found !== null), [report]);
});
