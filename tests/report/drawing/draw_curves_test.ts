import assert from "node:assert/strict";
import { drawCurves } from "../../../src/report/drawing/draw_curves.ts";
import { thinned } from "../../../src/report/drawing/thinned.ts";
import { LESSON, madeUp, textsOf } from "../../results/plotted.ts";

/** Returns the text of an SVG in a data URI. */
function svgIn(uri: string): string {
  return new TextDecoder().decode(Uint8Array.fromBase64(uri.slice(uri.indexOf(",") + 1)));
}

Deno.test("the curves of a run are two plots and a legend that names the best epoch and the stop", async () => {
  const curves = await drawCurves([LESSON]);
  assert.ok(curves);
  assert.deepEqual(curves.panels.map(({ title }) => title), ["Accuracy", "Loss"]);
  assert.deepEqual(curves.legend.map(({ text }) => text), [
    "validation",
    "training",
    "best val_accuracy at epoch 21: 0.652",
    "stopped early, epoch 26",
  ]);
  assert.match(curves.panels[0]?.alt ?? "", /^Curves of accuracy over 26 epochs: accuracy from 0\.\d{4} to 0\.\d{4}, /);
  for (const { drawing } of curves.panels) {
    assert.ok(textsOf(svgIn(drawing.light)).includes("epoch 21"));
    assert.ok(textsOf(svgIn(drawing.dark)).includes("epoch 21"));
  }
});

Deno.test("several runs have their letters in the legend, and runs without an epoch no curves", async () => {
  const curves = await drawCurves([LESSON, madeUp([0.1, 0.2])]);
  assert.deepEqual(curves?.legend.slice(-2).map(({ text }) => text.slice(0, 8)), ["A: lesso", "B: made-"]);
  assert.equal(await drawCurves([madeUp([])]), null);
});

Deno.test("of a long run the peaks, the ends and the best epoch stay, and its drawing is small", async () => {
  const values = Array.from({ length: 50_000 }, (_, index) => Math.sin(index / 900) / 4 + (index % 7) / 50 + 0.4);
  values[31_234] = 0.999;
  values[12_345] = 0.001;
  values[40_000] = 0.5;
  const run = madeUp(values);
  const small = thinned(run.epochs, 120, 40_001);
  assert.ok(small.length < 120 * 8 + 3, `${small.length}`);
  const kept = new Set(small.map(({ epoch }) => epoch));
  for (const epoch of [1, 50_000, 31_235, 12_346, 40_001]) assert.ok(kept.has(epoch), `${epoch}`);
  assert.deepEqual(small.map(({ epoch }) => epoch), [...kept].sort((one, other) => one - other));
  const curves = await drawCurves([run]);
  const size = JSON.stringify(curves).length;
  assert.ok(size < 300_000, `${size}`);
});

Deno.test("a drawing has its texts, and nothing that only a pointer needs", async () => {
  const run = { ...madeUp([0.1, 0.3]), majority: { name: 'class="x"', accuracy: 0.2 } };
  const curves = await drawCurves([run, run]);
  const [, encoded = ""] = curves?.panels[0]?.drawing.light.split(",") ?? [];
  const svg = new TextDecoder().decode(Uint8Array.fromBase64(encoded));
  assert.doesNotMatch(svg, /ecmeta|pointer|:hover/);
  assert.match(svg, />always predicting class=(?:"|&quot;)x(?:"|&quot;): 0\.20</);
});

Deno.test("thirty runs drawn together stay below a megabyte", async () => {
  const run = madeUp(Array.from({ length: 1000 }, (_, index) => Math.sin(index)));
  const size = JSON.stringify(await drawCurves(Array.from({ length: 30 }, () => run))).length;
  assert.ok(size < 1_000_000, `${size}`);
});

Deno.test("a gap of figures that are not numbers stays a gap", () => {
  const run = madeUp(Array.from({ length: 5000 }, (_, index) => (index > 1000 && index < 2000 ? null : 0.5)));
  const small = thinned(run.epochs, 50, null);
  assert.ok(small.some(({ val_loss }) => val_loss === null));
});
