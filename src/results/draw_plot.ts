/**
 * Plots as files. ECharts draws SVG text without a browser or a native canvas, with legends, gaps and marks of its own;
 * it is three packages without an install script, and loads in 0.1 s. Vega-Lite loads as fast, but is 76 packages.
 * resvg turns SVG into PNG with a font from a package, so that a server without any font gives the same image; fonts
 * of the system come in only for characters that it lacks.
 */
import type { EChartsOption } from "echarts";
import { HeadlightError } from "../errors.ts";
import { writeFileAtomicSync } from "../files/atomic.ts";
import { systemReason } from "../files/system_error.ts";
import { shellWord } from "../shell.ts";
import { stripControl } from "../text.ts";
import { fontsFor, resvgFonts } from "./plot_fonts.ts";

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

/**
 * An SVG text as a PNG file's bytes.
 * @param fonts font files beside the package's, see `fontsFor`
 */
export async function toPng(svg: string, fonts: readonly string[] = []): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const image = new Resvg(svg, { font: resvgFonts(fonts), fitTo: { mode: "zoom", value: PNG_SCALE } });
  return new Uint8Array(image.render().asPng());
}

/** Returns the format that a file name asks for. @throws HeadlightError (2) for another file name extension. */
export function plotFormat(path: string): "png" | "svg" {
  const ending = /\.(png|svg)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === "png" || ending === "svg") return ending;
  throw new HeadlightError(`--out ${path}: unsupported format. Use a file name ending in .png or .svg.`);
}

/**
 * Draws the plot into a file, PNG or SVG by its name.
 * @returns a line to be said if the PNG lacks characters, else null
 * @throws HeadlightError (2) where it cannot be written
 */
export async function writePlot(plot: EChartsOption, size: PlotSize, path: string): Promise<string | null> {
  const format = plotFormat(path);
  const svg = await drawSvg(plot, size);
  const { files, missing } = format === "svg" ? { files: [], missing: [] } : await fontsFor(svg);
  const bytes = format === "svg" ? new TextEncoder().encode(svg) : await toPng(svg, files);
  try {
    writeFileAtomicSync(path, bytes);
  } catch (error) {
    throw new HeadlightError(
      `${path} cannot be written (${systemReason(error)}); name another file with --out`,
    );
  }
  return missing.length === 0 ? null : lacking(missing, path);
}

/** So many characters are named. */
const CHARACTERS_NAMED = 10;

function lacking(characters: readonly string[], path: string): string {
  const named = characters.slice(0, CHARACTERS_NAMED).join(" ") + (characters.length > CHARACTERS_NAMED ? " …" : "");
  const svg = path.replace(/\.png$/i, ".svg");
  return stripControl(
    `${path}: no font found here can draw ${named}; install one that has them (Noto Sans CJK, Symbola for emoji), or ` +
      `draw an SVG, which the viewer's fonts draw: --out ${shellWord(svg)}`,
  );
}
