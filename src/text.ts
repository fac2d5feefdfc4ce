/** Text from files and other programs, made safe to draw. */
import { stripVTControlCharacters } from "node:util";

/** What a terminal would obey. Bidirectional overrides (U+202A…E, U+2066…9) reorder what stands beside them. */
// deno-lint-ignore no-control-regex -- control characters are what is meant.
const CONTROL = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;
const CONTROLS = new RegExp(CONTROL, "g");

/** Without terminal escapes and control characters; a line break or a tab becomes a space. */
export function stripControl(text: string): string {
  // Nearly every text is as it should be, and a log has many.
  if (!CONTROL.test(text)) return text;
  return stripVTControlCharacters(text)
    .replaceAll(/[\t\n\r]+/g, " ")
    .replaceAll(CONTROLS, "");
}

/** The value as one line of JSON without any character that a terminal would obey: they are written as \uXXXX. */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
