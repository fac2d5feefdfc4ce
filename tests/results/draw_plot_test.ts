import assert from "node:assert/strict";
import { join } from "node:path";
import { plotFormat, toPng, writePlot } from "../../src/results/draw_plot.ts";
import { historyPlot, historyPlotSize } from "../../src/results/history_plot.ts";
import { withTemporaryFolder } from "../support.ts";
import { LESSON, svgOf } from "./plotted.ts";

Deno.test("a PNG has its signature and twice the plot's size in pixels", async () => {
  const { width, height } = historyPlotSize(1);
  const png = await toPng(await svgOf(LESSON));
  assert.deepEqual([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const view = new DataView(png.buffer, png.byteOffset);
  assert.deepEqual([view.getUint32(16), view.getUint32(20)], [2 * width, 2 * height]);
});

Deno.test("a PNG's text is drawn with the package's font, whatever fonts the machine has", async () => {
  const svg = await svgOf(LESSON);
  const png = await toPng(svg);
  const bare = await toPng(svg.replaceAll(/<text[^>]*>[^<]*<\/text>/g, ""));
  assert.ok(png.length > bare.length * 1.1, `${png.length} ${bare.length}`);
  // An unknown font family gives the same result in the package's font.
  assert.deepEqual(await toPng(svg.replaceAll("DejaVu Sans", "Nobody's Grotesque")), png);
});

Deno.test("an SVG names a font for browsers that lack the package's", async () => {
  assert.match(await svgOf(LESSON), /DejaVu Sans[^"}]*sans-serif/);
});

Deno.test("bad input: a file name extension other than .png and .svg is refused", () => {
  assert.deepEqual([plotFormat("A.PNG"), plotFormat("b.v2.svg")], ["png", "svg"]);
  for (const name of ["history.pdf", "history", "png", "svg/history"]) {
    assert.throws(() => plotFormat(name), {
      name: "HeadlightError",
      message: `--out ${name}: unsupported format. Use a file name ending in .png or .svg.`,
      exitStatus: 2,
    });
  }
});

Deno.test("bad input: a file that cannot be written is named with a remedy", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "taken.svg");
    Deno.mkdirSync(join(path, "by a folder"), { recursive: true });
    const written = writePlot(historyPlot([LESSON]), historyPlotSize(1), path);
    await assert.rejects(written, {
      name: "HeadlightError",
      message: /taken\.svg cannot be written \([^)]*\)\. Name another file/,
    });
  });
});
