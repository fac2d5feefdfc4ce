import assert from "node:assert/strict";
import { DARK, DARK_PAGE, DARK_RUN_COLOURS, recoloured } from "../../../src/report/drawing/dark.ts";
import { drawSvg } from "../../../src/results/draw_plot.ts";
import { PANELS } from "../../../src/results/history_curves.ts";
import { PANEL_SIZE, panelPlot } from "../../../src/results/panel_plot.ts";
import { ALONE, INK, RUN_COLOURS } from "../../../src/results/plot_style.ts";
import { lightness } from "../../results/lightness.ts";
import { LESSON } from "../../results/plotted.ts";

function contrastWithPage(colour: string): number {
  return lightness(DARK_PAGE).contrast / lightness(colour).contrast;
}

Deno.test("on a dark page every line is visible, and in greyscale no two runs look the same", () => {
  for (const colour of [...RUN_COLOURS, ALONE.training, ALONE.validation]) {
    assert.ok(contrastWithPage(DARK.get(colour) ?? "#000000") >= 3, colour);
  }
  assert.ok(contrastWithPage(DARK.get(INK) ?? "#000000") >= 7);
  const found = DARK_RUN_COLOURS.map((colour) => lightness(colour).lightness).sort((one, other) => one - other);
  for (const [index, value] of found.slice(1).entries()) assert.ok(value - (found[index] ?? 0) > 8, `${found}`);
  const alone = [ALONE.training, ALONE.validation].map((colour) => lightness(DARK.get(colour) ?? "").lightness);
  assert.ok((alone[0] ?? 0) - (alone[1] ?? 0) > 14, `${alone}`);
});

Deno.test("a recoloured plot has no light colour left, and is the same otherwise", async () => {
  for (const panel of PANELS) {
    const plot = panelPlot([LESSON], panel);
    const [light, dark] = await Promise.all([plot, recoloured(plot)].map((one) => drawSvg(one, PANEL_SIZE)));
    assert.ok(light && dark);
    for (const colour of DARK.keys()) assert.ok(!dark.includes(colour), colour);
    const shape = (svg: string) =>
      svg.split("<defs")[0]?.replaceAll(/#[0-9A-F]{6}/gi, "#").replaceAll(/zr\d*-c(?:ls-)?\d+/g, "zr");
    assert.equal(shape(dark), shape(light));
  }
});
