/** Makes text from files and other programs safe to draw. */
import { stripVTControlCharacters } from "node:util";

/** The length of the longest path on Linux. A longer text cannot be a path, and would fill the screen. */
const SHOWN_CHARACTERS = 4096;

/**
 * Control characters. Bidirectional overrides (U+202A…E, U+2066…9) are included because they reorder the text that
 * surrounds them.
 */
// deno-lint-ignore no-control-regex -- This pattern must match control characters.
const CONTROL = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;
const CONTROLS = new RegExp(CONTROL, "g");

/**
 * Returns the text without terminal escapes and control characters. A line break or a tab becomes a space. Text of more
 * than 4,096 characters is cut.
 */
export function stripControl(text: string): string {
  // Most texts need no change, and a log has many of them.
  if (text.length <= SHOWN_CHARACTERS && !CONTROL.test(text)) return text;
  return stripVTControlCharacters(shortened(text, SHOWN_CHARACTERS))
    .replaceAll(/[\t\n\r]+/g, " ")
    .replaceAll(CONTROLS, "");
}

/** The length of the longest file name. Class names are folder names, so no name is longer. */
const NAME_CHARACTERS = 255;

/**
 * Returns the name of a class as text that is safe to draw: without control characters, and cut after 255 characters.
 */
export function shownName(name: string): string {
  return shortened(stripControl(name), NAME_CHARACTERS);
}

/** Returns the text, cut to at most `most` UTF-16 code units. A text that was cut ends in an ellipsis. */
export function shortened(text: string, most: number): string {
  // Do not cut through a surrogate pair.
  return text.length <= most ? text : text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "") + "…";
}

/** Returns the value as one line of JSON. Characters that control a terminal are escaped as \uXXXX. */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
