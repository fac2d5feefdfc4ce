/**
 * Draws how time and memory grow with the number of pictures: `deno run -A tests/bench/draw_pictures.ts report.json
 * docs/many-images.svg`, with the report of `deno task bench --only pictures --json`.
 */
import { drawSvg } from "../../src/results/draw_plot.ts";
import { reportSchema } from "./report_schema.ts";
import { nameOf, PICTURE_COUNTS, PICTURES } from "./sections/pictures.ts";

const SIZE = { width: 900, height: 380 };
const MB = 1e6;

const [reportPath = "", picturePath = ""] = Deno.args;
const { sections } = reportSchema.parse(JSON.parse(Deno.readTextFileSync(reportPath)));
const measures = sections.flatMap((section) => section.name === "pictures" ? section.measures : []);

/** Returns the line of a quantity, with its values divided by `unit`. */
function line(quantity: string, name: string, panel: number, unit: number) {
  const data = PICTURE_COUNTS.flatMap((count) => {
    const found = measures.find((one) => one.quantity === quantity && one.of === nameOf(count));
    return found ? [[count, found.median / unit]] : [];
  });
  return { type: "line" as const, name, xAxisIndex: panel, yAxisIndex: panel, data, symbolSize: 6 };
}

const axis = (name: string, gridIndex: number, nameLocation: "middle" | "end") => ({
  ...{ type: "log" as const, name, gridIndex, nameLocation },
  nameGap: nameLocation === "middle" ? 28 : 12,
});
const svg = await drawSvg({
  animation: false,
  backgroundColor: "#ffffff",
  legend: [
    {
      left: 60,
      top: 4,
      width: 420,
      itemGap: 40,
      data: Object.values(PICTURES).filter((name) => typeof name === "string"),
    },
    { left: 540, top: 4, width: 340, itemGap: 30, data: ["command", "trainer", "extractor"] },
  ],
  grid: [{ left: 60, top: 105, width: 350, height: 220 }, { left: 520, top: 105, width: 350, height: 220 }],
  xAxis: [axis("images", 0, "middle"), axis("images", 1, "middle")],
  yAxis: [axis("seconds", 0, "end"), axis("MB of its own memory", 1, "end")],
  series: [
    ...[PICTURES.prepare, PICTURES.extract, PICTURES.again, PICTURES.epoch].map((name) => line(name, name, 0, 1)),
    ...["command", "trainer", "extractor"].map((process) => line(PICTURES.memoryOf(process), process, 1, MB)),
  ],
}, SIZE);
Deno.writeTextFileSync(picturePath, svg);
