/** Measures and cuts texts in terminal columns: wide characters and emoji take two columns, combining marks none. */
import stringWidth from "string-width";

export const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export { stringWidth };

/** Returns the text, cut to `width` columns with an ellipsis at its end if it is longer. */
export function cut(text: string, width: number, ellipsis = "…"): string {
  if (stringWidth(text) <= width) return text;
  const room = width - stringWidth(ellipsis);
  if (room < 0) return "";
  return takeColumns(text, room).trimEnd() + ellipsis;
}

/** Cuts like `cut`, but at the beginning: for paths, whose end is more informative. */
export function cutStart(text: string, width: number, ellipsis = "…"): string {
  if (stringWidth(text) <= width) return text;
  const room = width - stringWidth(ellipsis);
  if (room < 0) return "";
  const kept: string[] = [];
  let used = 0;
  for (const { segment } of [...graphemes.segment(text)].reverse()) {
    used += stringWidth(segment);
    if (used > room) break;
    kept.unshift(segment);
  }
  return ellipsis + kept.join("");
}

/** Cuts like `cut`, but in the middle: for file names. */
export function cutMiddle(text: string, width: number, ellipsis = "…"): string {
  if (stringWidth(text) <= width) return text;
  const room = width - stringWidth(ellipsis);
  if (room < 0) return "";
  const head = takeColumns(text, Math.ceil(room / 2));
  return head + cutStart(text, width - stringWidth(head), ellipsis);
}

/** Cuts the text, or pads it with spaces, to exactly `width` columns. */
export function fit(text: string, width: number, ellipsis = "…"): string {
  const short = cut(text, width, ellipsis);
  return short + " ".repeat(Math.max(0, width - stringWidth(short)));
}

/** Wraps a text at its spaces into lines of at most `width` columns. Breaks words that are longer than a line. */
export function wrapWords(text: string, width: number): string[] {
  if (width < 1) return [];
  const lines: string[] = [];
  let line = "";
  for (let word of text.split(" ")) {
    if (line !== "" && stringWidth(line) + 1 + stringWidth(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== "") lines.push(line);
    while (stringWidth(word) > width) {
      const head = takeColumns(word, width) || word;
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
  }
  if (line !== "") lines.push(line);
  return lines;
}

/** Wraps like `wrapWords` into at most `limit` lines. If the text is longer, the last line ends in an ellipsis. */
export function wrapLines(text: string, width: number, limit: number, ellipsis = "…"): string[] {
  const lines = wrapWords(text, width);
  if (lines.length <= limit) return lines;
  return [...lines.slice(0, limit - 1), cut(lines.slice(limit - 1).join(" "), width, ellipsis)];
}

/**
 * Joins the parts that fit into `width` columns, in their order. Skips parts that do not fit, except for the first,
 * which it cuts instead.
 */
export function fitParts(parts: readonly string[], separator: string, width: number, ellipsis = "…"): string {
  let text = cut(parts[0] ?? "", width, ellipsis);
  for (const part of parts.slice(1)) {
    const longer = text + separator + part;
    if (stringWidth(longer) <= width) text = longer;
  }
  return text;
}

function takeColumns(text: string, columns: number): string {
  let taken = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > columns) break;
    taken += segment;
  }
  return taken;
}
