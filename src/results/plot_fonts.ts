/**
 * Fonts for the characters of a PNG that the package's font does not have: Chinese, Japanese, Korean, emoji. What counts
 * is what is really drawn, so characters are drawn and looked at: resvg takes no colour fonts, for instance.
 */
import { join } from "node:path";
import { runChild } from "../engine/tensorflow/child.ts";
import { packageFolder } from "../engine/packages.ts";
import { FONT } from "./plot_style.ts";

/** Fonts that are looked for at most: each takes a call of fc-match. */
const MOST_SEARCHES = 12;
const SEARCH_PATIENCE_MS = 10_000;
/** A side of the square that a character is drawn into, and the character's size. */
const CELL = 48;
const CHARACTER = 24;
/** A character that no font has: Unicode guarantees that it is none. */
const NO_CHARACTER = "\u{10ffff}";

/** What fonts draw a text. */
export interface PlotFonts {
  /** Font files beside the package's. */
  readonly files: readonly string[];
  /** Characters that none of them draws. */
  readonly missing: readonly string[];
}

/** Returns the file of a font of the system that has a character, or null if none is known. */
export type FindFont = (character: string) => Promise<string | null>;

/** Returns the font files that an SVG needs to be drawn. */
export async function fontsFor(svg: string, findFont: FindFont = systemFont): Promise<PlotFonts> {
  const files: string[] = [];
  const inVain = new Set<string>();
  let missing = await undrawn(unusualCharacters(svg), files);
  for (let search = 0; search < MOST_SEARCHES; search++) {
    const wanted = missing.find((character) => !inVain.has(character));
    if (wanted === undefined) break;
    inVain.add(wanted);
    const file = await findFont(wanted);
    if (file === null || files.includes(file)) continue;
    const fewer = await undrawn(missing, [...files, file]);
    if (fewer.length === missing.length) continue;
    files.push(file);
    missing = fewer;
  }
  return { files, missing };
}

/** What resvg is told of fonts. The system's own are not loaded: a server without any must give the same image. */
export function resvgFonts(files: readonly string[]) {
  const own = join(packageFolder("dejavu-fonts-ttf"), "ttf", "DejaVuSans.ttf");
  return { fontFiles: [own, ...files], loadSystemFonts: false, defaultFontFamily: FONT };
}

/** Asks fontconfig. resvg draws outlines only. */
async function systemFont(character: string): Promise<string | null> {
  const point = character.codePointAt(0)?.toString(16);
  const args = ["--format=%{file}", `:charset=${point}:color=false`];
  try {
    const result = await runChild("fc-match", args, { signal: AbortSignal.timeout(SEARCH_PATIENCE_MS) });
    return result?.code === 0 && result.stdout !== "" ? result.stdout : null;
  } catch {
    // It took too long, perhaps over fonts on a network.
    return null;
  }
}

/** The characters of a text that a font may lack: beyond Latin-1, without those that leave no ink. */
function unusualCharacters(text: string): string[] {
  const inkless = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Control}\p{Surrogate}]/u;
  return [...new Set(text)].filter((character) => character > "\u00ff" && !inkless.test(character));
}

/** Returns the characters that come out blank, or as the box of a character that no font has. */
async function undrawn(characters: readonly string[], files: readonly string[]): Promise<string[]> {
  if (characters.length === 0) return [];
  const { Resvg } = await import("@resvg/resvg-js");
  // A row of cells; the first is the box.
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

/** The opacity of a cell's pixels as hexadecimal text. */
function cellOf(rgba: Uint8Array, place: number, width: number): string {
  let text = "";
  for (let row = 0; row < CELL; row++) {
    for (let column = place * CELL; column < (place + 1) * CELL; column++) {
      text += (rgba[4 * (row * width + column) + 3] ?? 0).toString(16);
    }
  }
  return text;
}
