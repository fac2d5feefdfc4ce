/**
 * Draws plots to files. ECharts draws SVG text without a browser or a native canvas, and has legends, gaps and marks of
 * its own. It consists of three packages without install scripts and loads in 0.1 s. Vega-Lite loads as fast, but
 * consists of 76 packages. resvg converts SVG to PNG with a font from a package, so that a server without fonts gives
 * the same image. System fonts are only used for characters that this font does not have.
 */
import type { EChartsOption } from "echarts";
import { HeadlightError } from "../errors.ts";
import { writeFileAtomicSync } from "../files/atomic.ts";
import { systemReason } from "../files/system_error.ts";
import { checkFilePlace } from "../files/writable.ts";
import { fromCaller } from "../paths.ts";
import { shellWord } from "../shell.ts";
import { stripControl } from "../text.ts";
import { fontsFor, resvgFonts } from "./plot_fonts.ts";

export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

/** The pixels of a PNG per unit of the plot, so that it is sharp on high-density screens and in print. */
const PNG_SCALE = 2;

/** Returns the plot as SVG text. */
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
 * Returns the bytes of a PNG file for an SVG text.
 * @param fonts font files in addition to the package's (`fontsFor`)
 */
export async function toPng(svg: string, fonts: readonly string[] = []): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const image = new Resvg(svg, { font: resvgFonts(fonts), fitTo: { mode: "zoom", value: PNG_SCALE } });
  return new Uint8Array(image.render().asPng());
}

/** Checks what `--out` names before anything is computed. @throws HeadlightError (2) if no such file can be written */
export function checkPlotFile(out: string): void {
  plotFormat(out);
  checkFilePlace(fromCaller(out), `--out ${out}`);
}

/** Returns the format that a file name extension stands for. @throws HeadlightError (2) for other extensions */
export function plotFormat(path: string): "png" | "svg" {
  const ending = /\.(png|svg)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === "png" || ending === "svg") return ending;
  throw new HeadlightError(`--out ${path}: unsupported format. Use a file name ending in .png or .svg.`);
}

/**
 * Draws the plot to a file, as PNG or SVG according to its name.
 * @returns a warning if the PNG lacks characters, else null
 * @throws HeadlightError (2) if the file cannot be written
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
      `${path} cannot be written (${systemReason(error)}). Name another file with --out.`,
    );
  }
  return missing.length === 0 ? null : lacking(missing, path);
}

/** The maximum number of characters that the warning lists. */
const CHARACTERS_NAMED = 10;

function lacking(characters: readonly string[], path: string): string {
  const named = characters.slice(0, CHARACTERS_NAMED).join(" ") + (characters.length > CHARACTERS_NAMED ? " …" : "");
  const svg = path.replace(/\.png$/i, ".svg");
  return stripControl(
    `${path}: no installed font has the characters ${named}. Install one (Noto Sans CJK, Symbola for emoji), or draw ` +
      `an SVG, which uses the fonts of its viewer: --out ${shellWord(svg)}`,
  );
}
