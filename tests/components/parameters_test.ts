import assert from "node:assert/strict";
import { layersShown, parameterTable, parameterTotals } from "../../src/dashboard/panes/parameter_table.ts";
import { UNICODE } from "../../src/dashboard/drawing/glyphs.ts";
import { stream } from "../dashboard/replay.ts";

const run = stream("lesson").find(({ type }) => type === "run");
assert.ok(run?.type === "run");
const { parameters } = run;
const same = (text: string) => text;

Deno.test("columns disappear one by one as the pane gets narrower", () => {
  const keys = (width: number) =>
    parameterTable(layersShown(parameters.rows, false), width, 9, same, UNICODE).columns.map(({ key }) => key).join(
      " ",
    );
  assert.equal(keys(90), "layer type output shape parameters trainable");
  assert.equal(keys(66), "layer output shape parameters trainable");
  assert.equal(keys(50), "layer output shape parameters");
  assert.equal(keys(39), "layer parameters");
});

Deno.test("the table marks frozen, partly trainable and fully trainable layers differently", () => {
  const { data } = parameterTable(layersShown(parameters.rows, false), 90, 9, same, UNICODE);
  assert.deepEqual(data.map((row) => row["trainable"]), ["frozen", "2,048", "all", "", "all"]);
  assert.equal(data[0]?.["parameters"], "7,037,504");
});

Deno.test("the table never has more rows than the pane", () => {
  assert.equal(parameterTable(layersShown(parameters.rows, false), 90, 4, same, UNICODE).data.length, 3);
});

Deno.test("the parameter totals match the lesson's, with as many digits as fit", () => {
  assert.equal(parameterTotals(parameters, 38), "53,808 of 7,093,360 trainable, 0.76 %");
  assert.equal(parameterTotals(parameters, 27), "7,093,360, 0.76 % trainable");
  assert.equal(parameterTotals(parameters, 25), "7.09M, 0.76 % trainable");
});

Deno.test("only an expanded base lists its blocks below it, indented", () => {
  const [base, ...head] = parameters.rows;
  assert.ok(base);
  const block = { ...base, name: "conv2", parameters: 100 };
  const rows = [{ ...base, blocks: [block] }, ...head];
  const names = (open: boolean) =>
    parameterTable(layersShown(rows, open), 90, 20, same, UNICODE).data.map(({ layer = "" }) => layer.trimEnd());
  assert.deepEqual(names(false).slice(0, 2), ["▸ densenet121", head[0]?.name ?? ""]);
  assert.deepEqual(names(true).slice(0, 3), ["▾ densenet121", "  conv2", head[0]?.name ?? ""]);
});
