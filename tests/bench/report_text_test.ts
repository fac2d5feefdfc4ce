import assert from "node:assert/strict";
import { range, table, withUnit } from "./format.ts";
import { judge, measure, withRatios } from "./measures.ts";
import { type Report, reportSchema } from "./report_schema.ts";
import { reportText } from "./report_text.ts";

const REPORT: Report = {
  version: 1,
  time: "2026-11-25T10:00:00.000Z",
  machine: { os: "linux", cpu: "a processor", cores: 2, memory_bytes: 25e9 },
  versions: { headlight: "0.1.0" },
  quick: false,
  pairs: 3,
  sections: [{
    name: "features",
    title: "Features",
    measures: withRatios([
      measure("rate", "Keras", "images/s", [20, 21, 22]),
      measure("rate", "Headlight", "images/s", [42]),
    ], "Keras"),
    checks: [
      judge({ what: "float32", unit: "ratio", bound: "at least", limit: 1.3 }, 2),
      judge({ what: "bfloat16", unit: "ratio", bound: "at least", limit: 2.2 }, 2),
      judge({ what: "error", unit: "relative", bound: "below", limit: 0.02 }, null),
    ],
    notes: ["a note"],
  }],
  failed: [{ section: "head", error: "no Python" }],
};

Deno.test("every unit is formatted for people", () => {
  const written = [
    withUnit(20.54, "images/s"),
    withUnit(1 / 31.2, "share"),
    withUnit(1.304, "ratio"),
    withUnit(0.0126, "relative"),
    withUnit(1_600_000_000, "bytes"),
    withUnit(1234.5, "ms"),
    withUnit(0.3491, "s"),
  ];
  assert.deepEqual(written, ["20.5 images/s", "1/31.2", "1.3×", "1.26 %", "1.6 GB", "1,235 ms", "0.349 s"]);
  assert.equal(range([1, 3, 2], "s"), "1 s – 3 s");
  assert.equal(range([1], "s"), "");
});

Deno.test("a table is Markdown with aligned columns", () => {
  assert.deepEqual(table(["what", "n"], [["a", "1"], ["×2", "1000"]], [1]), [
    "| what |    n |",
    "| ---- | ---: |",
    "| a    |    1 |",
    "| ×2   | 1000 |",
  ]);
});

Deno.test("the text has the machine, every median and ratio, and every limit with its result", () => {
  const text = reportText(REPORT).join("\n");
  assert.match(text, /^a processor, 2 cores, 25 GB/);
  assert.match(text, /\| rate \| Headlight \| +42 images\/s \| 2× Keras/);
  assert.match(text, /\| float32 +\| at least 1\.3× \| 2× +\| holds +\|/);
  assert.match(text, /\| bfloat16 \| at least 2\.2× \| 2× +\| DOES NOT HOLD \|/);
  assert.match(text, /\| error +\| below 2 % +\| not measured \| – +\|/);
  assert.match(text, /^- a note$/m);
  assert.match(text, /^## head: not measured\n\nno Python$/m);
});

Deno.test("the report's JSON follows its schema", () => {
  assert.deepEqual(reportSchema.parse(JSON.parse(JSON.stringify(REPORT))), REPORT);
});
