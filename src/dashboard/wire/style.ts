/** Styles of characters on the screen, and the shortest escape sequence from one style to another. Pure. */

const ESCAPE = "\x1b";

/** Bits of `Style.marks`. */
const BOLD = 1;
const DIM = 2;
const ITALIC = 4;
const UNDERLINE = 8;
const INVERSE = 16;
const HIDDEN = 32;
const STRIKE = 64;
const WEIGHT = BOLD | DIM;
/** The marks that are visible on blanks. */
const SEEN_ON_BLANKS = UNDERLINE | INVERSE | STRIKE;

/** SGR parameters (ECMA-48 8.3.117) that set and reset each mark. */
const MARKS: readonly [mark: number, on: string, off: string][] = [
  [BOLD, "1", "22"],
  [DIM, "2", "22"],
  [ITALIC, "3", "23"],
  [UNDERLINE, "4", "24"],
  [INVERSE, "7", "27"],
  [HIDDEN, "8", "28"],
  [STRIKE, "9", "29"],
];
const ON: ReadonlyMap<number, number> = new Map(MARKS.map(([mark, on]) => [Number(on), mark]));
const OFF: ReadonlyMap<number, number> = new Map([
  ...MARKS.map(([mark, , off]) => [Number(off), mark] as const),
  [22, WEIGHT],
]);

export interface Style {
  /** Equal if and only if the styles are equal. */
  readonly key: string;
  /** SGR parameters, e.g. `38;2;1;2;3` or `31`; empty for the terminal's default. */
  readonly colour: string;
  readonly ground: string;
  readonly marks: number;
  /** The part of the style that is visible on a blank: the background, underline, strikethrough and inverse. */
  readonly blank: Style;
}

/** The terminal's default. */
export const PLAIN: Style = plain();

function plain(): Style {
  const style = { key: "0  ", colour: "", ground: "", marks: 0 };
  return Object.assign(style, { blank: style as Style });
}

function styleOf(colour: string, ground: string, marks: number): Style {
  const seen = marks & SEEN_ON_BLANKS;
  const seenColour = seen === 0 ? "" : colour;
  const style = { key: `${marks} ${colour} ${ground}`, colour, ground, marks, blank: PLAIN };
  if (seen === marks && seenColour === colour) style.blank = style;
  else if (seen !== 0 || ground !== "") style.blank = styleOf(seenColour, ground, seen);
  return style;
}

/** The maximum size of each cache. It has to be limited, because images bring ever new colours. */
const REMEMBERED = 4096;
const remembered = new Map<string, Style>();

/** Returns the style after an SGR sequence with these parameters. Unknown parameters change nothing. */
export function styleAfter(style: Style, parameters: string): Style {
  const change = `${style.key}>${parameters}`;
  let after = remembered.get(change);
  if (!after) {
    if (remembered.size >= REMEMBERED) remembered.clear();
    after = changed(style, parameters.split(";"));
    remembered.set(change, after);
  }
  return after;
}

function changed(style: Style, parameters: readonly string[]): Style {
  let { colour, ground, marks } = style;
  for (let at = 0; at < parameters.length;) {
    const length = lengthOf(parameters, at);
    const code = Number(parameters[at] || 0);
    const text = parameters.slice(at, at + length).join(";");
    at += length;
    if (code === 0) [colour, ground, marks] = ["", "", 0];
    else if (code === 39) colour = "";
    else if (code === 49) ground = "";
    else if ((code >= 30 && code <= 38) || (code >= 90 && code <= 97)) colour = text;
    else if ((code >= 40 && code <= 48) || (code >= 100 && code <= 107)) ground = text;
    else marks = (marks | (ON.get(code) ?? 0)) & ~(OFF.get(code) ?? 0);
  }
  return colour === "" && ground === "" && marks === 0 ? PLAIN : styleOf(colour, ground, marks);
}

/** Returns the number of parameters: three for a colour by number, five for a colour by red, green and blue. */
function lengthOf(parameters: readonly string[], at: number): number {
  if (parameters[at] !== "38" && parameters[at] !== "48") return 1;
  return parameters[at + 1] === "5" ? 3 : 5;
}

/** Returns the shortest SGR sequence from one style to the other; empty if they are equal. */
export function transition(from: Style, to: Style): string {
  if (from.key === to.key) return "";
  if (to.key === PLAIN.key) return `${ESCAPE}[m`;
  const change = `${from.key}>${to.key}`;
  let sequence = transitions.get(change);
  if (sequence === undefined) {
    if (transitions.size >= REMEMBERED) transitions.clear();
    const changes = changesBetween(from, to).join(";");
    const anew = ["0", ...changesBetween(PLAIN, to)].join(";");
    sequence = `${ESCAPE}[${changes.length <= anew.length ? changes : anew}m`;
    transitions.set(change, sequence);
  }
  return sequence;
}

const transitions = new Map<string, string>();

function changesBetween(from: Style, to: Style): string[] {
  const off = from.marks & ~to.marks;
  // The parameter that resets bold also resets dim.
  const lost = (off & WEIGHT) !== 0 ? to.marks & WEIGHT : 0;
  const on = (to.marks & ~from.marks) | lost;
  return [
    ...new Set(MARKS.flatMap(([mark, , code]) => ((off & mark) === 0 ? [] : [code]))),
    ...MARKS.flatMap(([mark, code]) => ((on & mark) === 0 ? [] : [code])),
    ...(from.colour === to.colour ? [] : [to.colour || "39"]),
    ...(from.ground === to.ground ? [] : [to.ground || "49"]),
  ];
}
