/** The characters that the dashboard draws with: Unicode if the locale's character set is UTF-8, otherwise ASCII. */

export interface Glyphs {
  readonly ascii: boolean;
  readonly rule: string;
  readonly full: string;
  readonly empty: string;
  readonly gaugeFull: string;
  readonly gaugeEmpty: string;
  readonly training: string;
  readonly validation: string;
  readonly best: string;
  readonly stop: string;
  readonly level: string;
  readonly reference: string;
  readonly warning: string;
  readonly past: string;
  readonly current: string;
  readonly focus: string;
  readonly open: string;
  readonly closed: string;
  readonly dot: string;
  readonly times: string;
  readonly arrow: string;
  readonly ellipsis: string;
  readonly atMost: string;
  /** Bars of eight heights, the lowest first. */
  readonly bars: readonly string[];
}

export const UNICODE: Glyphs = {
  ascii: false,
  rule: "─",
  full: "█",
  empty: "░",
  gaugeFull: "■",
  gaugeEmpty: "□",
  training: "┄",
  validation: "━",
  best: "◆",
  stop: "┊",
  level: "┈",
  reference: "╌",
  warning: "▲",
  past: "·",
  current: "●",
  focus: "»",
  open: "▾",
  closed: "▸",
  dot: "·",
  times: "×",
  arrow: "→",
  ellipsis: "…",
  atMost: "≤",
  bars: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
};

export const ASCII: Glyphs = {
  ascii: true,
  rule: "-",
  full: "#",
  empty: ".",
  gaugeFull: "#",
  gaugeEmpty: ".",
  training: "*",
  validation: "o",
  best: "X",
  stop: ":",
  level: "-",
  reference: "=",
  warning: "!",
  past: "-",
  current: "*",
  focus: ">",
  open: "-",
  closed: "+",
  dot: "-",
  times: "x",
  arrow: "->",
  ellipsis: "~",
  atMost: "<=",
  bars: [".", ".", ":", ":", "-", "=", "+", "#"],
};

/**
 * Returns whether the locale's character set is UTF-8. As in POSIX, LC_ALL overrides LC_CTYPE, which overrides LANG.
 */
export function isUtf8Locale(env: (name: string) => string | undefined): boolean {
  const locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(env).find((value) => value !== undefined && value !== "");
  return /utf-?8/i.test(locale ?? "");
}

const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ["·", "-"],
  ["×", "x"],
  ["→", ">"],
  ["…", "~"],
  ["–", "-"],
  ["─", "-"],
  ["≤", "<="],
  ["▲", "!"],
  ["◆", "X"],
  ["✓", "+"],
]);

/** Converts a text to ASCII. Characters without a similar ASCII character become question marks. */
export function toAscii(text: string): string {
  // deno-lint-ignore no-control-regex -- the range is all of ASCII.
  return text.replaceAll(/[^\x00-\x7f]/gu, (character) => REPLACEMENTS.get(character) ?? "?");
}
