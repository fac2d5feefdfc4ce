import assert from "node:assert/strict";
import { decodeReport, encodeReport, type Report } from "../../src/features/job.ts";

Deno.test("a report is read even after native output without a line break, and nothing else is mistaken for one", () => {
  const report: Report = { type: "rows", images: [0, 3], computed: true, segment: "a.rows" };
  const output = `native noise${encodeReport(report)}{"type":"unknown"}\n{broken\n42\n`;
  assert.deepEqual(output.split("\n").map(decodeReport).filter((found) => found !== null), [report]);
});
