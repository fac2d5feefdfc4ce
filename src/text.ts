/** Text from files and other programs, made safe to draw. */
import { stripVTControlCharacters } from "node:util";

/** As long as the longest path that Linux takes. A longer text is no name, and shown whole it would flood the screen. */
const SHOWN_CHARACTERS = 4096;

/** What a terminal would obey. Bidirectional overrides (U+202A…E, U+2066…9) reorder what stands beside them. */
// deno-lint-ignore no-control-regex -- control characters are what is meant.
const CONTROL = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;
const CONTROLS = new RegExp(CONTROL, "g");

/**
 * Returns text without terminal escapes and control characters; a line break or a tab becomes a space. Text of more than
 * 4,096 characters is cut.
 */
export function stripControl(text: string): string {
  // Nearly every text is as it should be, and a log has many.
  if (text.length <= SHOWN_CHARACTERS && !CONTROL.test(text)) return text;
  return stripVTControlCharacters(shortened(text, SHOWN_CHARACTERS))
    .replaceAll(/[\t\n\r]+/g, " ")
    .replaceAll(CONTROLS, "");
}

/** As long as the longest file name, which a class's folder may have. */
const NAME_CHARACTERS = 255;

/** Returns the name of a class as text that is safe to show: `stripControl`, and cut after 255 characters. */
export function shownName(name: string): string {
  return shortened(stripControl(name), NAME_CHARACTERS);
}

/** Returns the text, cut to at most so many UTF-16 code units, of which the last is an ellipsis where it was cut. */
export function shortened(text: string, most: number): string {
  // A surrogate pair is not torn apart.
  return text.length <= most ? text : text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "") + "…";
}

/** The value as one line of JSON without any character that a terminal would obey: they are written as \uXXXX. */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
