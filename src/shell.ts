/** Quotes texts as words of a shell command that people can copy. */

/** Words that no shell changes. */
const PLAIN = /^[A-Za-z0-9_@+:,./-]+$/;
/** Characters that must not reach a terminal (the same as in `stripControl`), and line separators. */
// deno-lint-ignore no-control-regex -- This pattern must match control characters.
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/**
 * Returns the text as one shell word on one line, quoted if necessary and without control characters. A text with
 * control characters is written as `$'…'`, which bash, zsh, ksh, busybox and POSIX.1-2024 support.
 */
export function shellWord(text: string): string {
  if (PLAIN.test(text)) return text;
  if (!CONTROL.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = [...text].map((character) => {
    if (CONTROL.test(character)) return octal(character);
    return character === "'" || character === "\\" ? `\\${character}` : character;
  });
  return `$'${escaped.join("")}'`;
}

/** Returns three octal digits for each byte, so that a digit that follows is not taken for part of it. */
function octal(character: string): string {
  return [...new TextEncoder().encode(character)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
