/** The characters the dashboard draws with: Unicode where the locale has it, ASCII otherwise. */

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
  /** Eight heights, lowest first. */
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
  current: "▸",
  focus: "▸",
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
  current: ">",
  focus: ">",
  open: "v",
  closed: ">",
  dot: "-",
  times: "x",
  arrow: ">",
  ellipsis: "~",
  atMost: "<=",
  bars: [".", ".", ":", ":", "-", "=", "+", "#"],
};

/** Whether the locale's character set is UTF-8: LC_ALL counts before LC_CTYPE before LANG, as POSIX has it. */
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

/** A text of ours for a terminal without Unicode; what has no likeness becomes a question mark. */
export function toAscii(text: string): string {
  // deno-lint-ignore no-control-regex -- everything outside ASCII is what is meant.
  return text.replaceAll(/[^\x00-\x7f]/gu, (character) => REPLACEMENTS.get(character) ?? "?");
}
