import assert from "node:assert/strict";
import { confusionPlot, confusionPlotSize } from "../../src/results/confusion_plot.ts";
import { drawSvg } from "../../src/results/draw_plot.ts";
import { metrics } from "../../src/results/metrics.ts";
import { textsOf } from "./plotted.ts";

Deno.test("the matrix as an image has every class twice and every count", async () => {
  const classes = ["fox", "owl", "a class with quite a long name"];
  const found = metrics({
    classes,
    labels: Int32Array.of(0, 0, 1, 2, 2),
    probabilities: Float64Array.from([...[1, 0, 0], ...[0, 1, 0], ...[0, 1, 0], ...[0, 0, 1], ...[1, 0, 0]]),
  });
  const head = { run: "a-run", checkpoint: "best", epoch: 3, step: 0, images: "images" };
  const texts = textsOf(await drawSvg(confusionPlot(head, found), confusionPlotSize(found)));
  assert.equal(texts.filter((text) => text === "fox").length, 2);
  assert.equal(texts.filter((text) => text === "1").length, 5);
  for (const text of ["true", "predicted", "a class with quite a…"]) assert.ok(texts.includes(text), text);
  const many = { ...found, classes: Array.from({ length: 100 }, (_, i) => ({ name: `c${i}` })) };
  assert.ok(confusionPlotSize(many as never).width < 2000);
});
