/** Texts as words of a shell, to be copied into one. */

/** What every shell takes as it stands. */
const PLAIN = /^[A-Za-z0-9_@+:,./-]+$/;
/** What must not reach a terminal, and line ends: as `stripControl` has it. */
// deno-lint-ignore no-control-regex -- control characters are what is meant.
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/**
 * The text as one word of one line, quoted where need be, without any control character: a text that has some is
 * written as `$'…'`, which bash, zsh, ksh, busybox and POSIX.1-2024 read.
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

/** Always three digits a byte, so that a digit that follows is not read as one of them. */
function octal(character: string): string {
  return [...new TextEncoder().encode(character)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
