/**
 * Fewer bytes for the same screen. Where the end of a line changes, Ink writes that end alone, but before it all colours
 * of what stays at its left, one after the other with no text between: 4 kB a line beside a small picture. Of such a
 * sequence the terminal needs the outcome. Pure.
 */

const ESCAPE = "\x1b";
/** Two and more style sequences (SGR, ECMA-48 8.3.117) with nothing between them. */
const SEQUENCES = new RegExp(`(?:${ESCAPE}\\[[\\d;]*m){2,}`, "g");
const SEQUENCE = new RegExp(`${ESCAPE}\\[([\\d;]*)m`, "g");

/** The text with each unbroken sequence of styles replaced by one that leaves the terminal in the same state. */
export function collapseStyles(text: string): string {
  return text.replaceAll(SEQUENCES, (sequences) => collapsed(sequences) ?? sequences);
}

/** Styles that replace each other: of each the last one counts. */
type Slot = "reset" | "colour" | "ground" | "weight" | "italic" | "underline" | "inverse" | "hidden" | "strike";

const OFF: ReadonlyMap<number, Slot> = new Map([
  [39, "colour"],
  [49, "ground"],
  [22, "weight"],
  [23, "italic"],
  [24, "underline"],
  [27, "inverse"],
  [28, "hidden"],
  [29, "strike"],
]);
const ON: ReadonlyMap<number, Slot> = new Map([
  [1, "weight"],
  [2, "weight"],
  [3, "italic"],
  [4, "underline"],
  [7, "inverse"],
  [8, "hidden"],
  [9, "strike"],
]);

/** Null where there is a style that is not known here. */
function collapsed(sequences: string): string | null {
  const styles = new Map<Slot, readonly string[]>();
  for (const [, codes = ""] of sequences.matchAll(SEQUENCE)) {
    const parameters = codes.split(";");
    for (let at = 0; at < parameters.length;) {
      const length = lengthOf(parameters, at);
      const slot = slotOf(Number(parameters[at] || 0));
      if (slot === null || at + length > parameters.length) return null;
      const style = parameters.slice(at, at + length).join(";");
      if (slot === "reset") styles.clear();
      // Bold and dim can both be on; what turns them off turns off both.
      const before = slot === "weight" && ON.has(Number(style)) ? styles.get(slot) ?? [] : [];
      styles.set(slot, [...before.filter((other) => other !== style), style]);
      at += length;
    }
  }
  return `${ESCAPE}[${[...styles.values()].flat().map((style) => style || "0").join(";")}m`;
}

/** A colour by number takes three parameters, one by red, green and blue five. */
function lengthOf(parameters: readonly string[], at: number): number {
  if (parameters[at] !== "38" && parameters[at] !== "48") return 1;
  return parameters[at + 1] === "5" ? 3 : 5;
}

function slotOf(code: number): Slot | null {
  if (code === 0) return "reset";
  if ((code >= 30 && code <= 38) || (code >= 90 && code <= 97)) return "colour";
  if ((code >= 40 && code <= 48) || (code >= 100 && code <= 107)) return "ground";
  return OFF.get(code) ?? ON.get(code) ?? null;
}
