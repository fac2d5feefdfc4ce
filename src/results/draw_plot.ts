/**
 * Plots as files. ECharts draws SVG text without a browser or a native canvas, with legends, gaps and marks of its own;
 * it is three packages without an install script, and loads in 0.1 s. Vega-Lite loads as fast, but is 76 packages.
 * resvg turns SVG into PNG with a font from a package, so that a server without any font gives the same picture.
 */
import { join } from "node:path";
import type { EChartsOption } from "echarts";
import { packageFolder } from "../engine/packages.ts";
import { HeadlightError } from "../errors.ts";
import { writeFileAtomicSync } from "../files/atomic.ts";
import { FONT } from "./plot_style.ts";

export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels of a PNG for each unit of the plot: sharp on a screen of high density, and in print. */
const PNG_SCALE = 2;

/** The plot as an SVG text. */
export async function drawSvg(plot: EChartsOption, { width, height }: PlotSize): Promise<string> {
  const echarts = await import("echarts");
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption(plot);
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** An SVG text as a PNG file's bytes. */
export async function toPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const font = join(packageFolder("dejavu-fonts-ttf"), "ttf", "DejaVuSans.ttf");
  const image = new Resvg(svg, {
    font: { fontFiles: [font], loadSystemFonts: false, defaultFontFamily: FONT },
    fitTo: { mode: "zoom", value: PNG_SCALE },
  });
  return new Uint8Array(image.render().asPng());
}

/** Returns the format that a file name asks for. @throws HeadlightError (2) for another file name extension. */
export function plotFormat(path: string): "png" | "svg" {
  const ending = /\.(png|svg)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === "png" || ending === "svg") return ending;
  throw new HeadlightError(`--out ${path}: unsupported format. Use a file name ending in .png or .svg.`);
}

/** Draws the plot into a file, PNG or SVG by its name. @throws HeadlightError (2) where it cannot be written. */
export async function writePlot(plot: EChartsOption, size: PlotSize, path: string): Promise<void> {
  const format = plotFormat(path);
  const svg = await drawSvg(plot, size);
  const bytes = format === "svg" ? new TextEncoder().encode(svg) : await toPng(svg);
  try {
    writeFileAtomicSync(path, bytes);
  } catch (error) {
    throw new HeadlightError(
      `${path} cannot be written: ${error instanceof Error ? error.message : error}; name another file with --out`,
    );
  }
}
