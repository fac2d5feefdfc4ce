/** Texts in terminal columns: wide characters and emoji count two, combining marks none. */
import stringWidth from "string-width";

export const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export { stringWidth };

/** The text, or as much of it as fits with an ellipsis at its end. */
export function cut(text: string, width: number, ellipsis = "…"): string {
  if (stringWidth(text) <= width) return text;
  const room = width - stringWidth(ellipsis);
  if (room < 0) return "";
  return takeColumns(text, room).trimEnd() + ellipsis;
}

/** As `cut`, but the end of the text stays: for paths, whose end says more. */
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

/** As `cut`, but beginning and end of the text stay: for file names. */
export function cutMiddle(text: string, width: number, ellipsis = "…"): string {
  if (stringWidth(text) <= width) return text;
  const room = width - stringWidth(ellipsis);
  if (room < 0) return "";
  const head = takeColumns(text, Math.ceil(room / 2));
  return head + cutStart(text, width - stringWidth(head), ellipsis);
}

/** Exactly `width` columns: cut or filled with spaces. */
export function fit(text: string, width: number, ellipsis = "…"): string {
  const short = cut(text, width, ellipsis);
  return short + " ".repeat(Math.max(0, width - stringWidth(short)));
}

/** Words broken into lines of at most `width` columns; a longer word is broken where the line ends. */
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

/** At most `limit` lines; the last one says with an ellipsis that there was more. */
export function wrapLines(text: string, width: number, limit: number, ellipsis = "…"): string[] {
  const lines = wrapWords(text, width);
  if (lines.length <= limit) return lines;
  return [...lines.slice(0, limit - 1), cut(lines.slice(limit - 1).join(" "), width, ellipsis)];
}

/** As many of the parts, in their order, as fit side by side; the first always stays, cut if it must be. */
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
