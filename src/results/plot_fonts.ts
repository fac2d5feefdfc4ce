/**
 * Fonts for characters of a PNG that the package's font does not have: Chinese, Japanese, Korean, emoji. Whether a font
 * helps is tested by drawing the characters, because resvg cannot draw every font, for example colour fonts.
 */
import { join } from "node:path";
import { runChild } from "../engine/wheels/child.ts";
import { packageFolder } from "../engine/packages.ts";
import { FONT } from "./plot_style.ts";

/** The maximum number of fonts to look for. Each search takes a call of fc-match. */
const MOST_SEARCHES = 12;
const SEARCH_PATIENCE_MS = 10_000;
/** The side of the square into which a character is drawn, and the font size. */
const CELL = 48;
const CHARACTER = 24;
/** A code point that no font has. Unicode guarantees that it never becomes a character. */
const NO_CHARACTER = "\u{10ffff}";

/** The fonts for a text. */
export interface PlotFonts {
  /** Font files in addition to the package's. */
  readonly files: readonly string[];
  /** Characters that none of the fonts can draw. */
  readonly missing: readonly string[];
}

/** Returns the file of a system font that has a character, or null if none is known. */
export type FindFont = (character: string) => Promise<string | null>;

/** Returns the font files that are needed to draw an SVG. */
export async function fontsFor(svg: string, findFont: FindFont = systemFont): Promise<PlotFonts> {
  const files: string[] = [];
  const searched = new Set<string>();
  let missing = await undrawn(unusualCharacters(svg), files);
  for (let search = 0; search < MOST_SEARCHES; search++) {
    const wanted = missing.find((character) => !searched.has(character));
    if (wanted === undefined) break;
    searched.add(wanted);
    const file = await findFont(wanted);
    if (file === null || files.includes(file)) continue;
    const fewer = await undrawn(missing, [...files, file]);
    if (fewer.length === missing.length) continue;
    files.push(file);
    missing = fewer;
  }
  return { files, missing };
}

/**
 * Returns the font options for resvg. System fonts are not loaded, because a server without fonts must give the same
 * image.
 */
export function resvgFonts(files: readonly string[]) {
  const own = join(packageFolder("dejavu-fonts-ttf"), "ttf", "DejaVuSans.ttf");
  return { fontFiles: [own, ...files], loadSystemFonts: false, defaultFontFamily: FONT };
}

/** Looks for a system font with fontconfig. Colour fonts are excluded, because resvg draws only outlines. */
async function systemFont(character: string): Promise<string | null> {
  const point = character.codePointAt(0)?.toString(16);
  const args = ["--format=%{file}", `:charset=${point}:color=false`];
  try {
    const result = await runChild("fc-match", args, { signal: AbortSignal.timeout(SEARCH_PATIENCE_MS) });
    return result?.code === 0 && result.stdout !== "" ? result.stdout : null;
  } catch {
    // It took too long, perhaps because fonts are on a network file system.
    return null;
  }
}

/** Returns the characters of a text that a font may lack: those beyond Latin-1, except invisible ones. */
function unusualCharacters(text: string): string[] {
  const inkless = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Control}\p{Surrogate}]/u;
  return [...new Set(text)].filter((character) => character > "\u00ff" && !inkless.test(character));
}

/** Returns the characters that are drawn blank, or as the box for a missing character. */
async function undrawn(characters: readonly string[], files: readonly string[]): Promise<string[]> {
  if (characters.length === 0) return [];
  const { Resvg } = await import("@resvg/resvg-js");
  // A row of cells. The first one contains the box.
  const texts = [NO_CHARACTER, ...characters].map((character, place) =>
    `<text x="${place * CELL + CELL / 4}" y="${CELL * 0.7}" font-size="${CHARACTER}">${character}</text>`
  );
  const width = CELL * texts.length;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${CELL}">${texts.join("")}</svg>`;
  const { pixels } = new Resvg(svg, { font: resvgFonts(files) }).render();
  const ink = (place: number) => cellOf(pixels, place, width);
  const box = ink(0);
  return characters.filter((_, index) => {
    const drawn = ink(index + 1);
    return drawn === box || /^0*$/.test(drawn);
  });
}

/** Returns the opacity of a cell's pixels as hexadecimal text. */
function cellOf(rgba: Uint8Array, place: number, width: number): string {
  let text = "";
  for (let row = 0; row < CELL; row++) {
    for (let column = place * CELL; column < (place + 1) * CELL; column++) {
      text += (rgba[4 * (row * width + column) + 3] ?? 0).toString(16);
    }
  }
  return text;
}
