/**
 * Names for painted pieces of lines. Ink takes every line of every frame apart, character by character: at 200×50 that
 * was two thirds of a frame's processor time, although most lines had not changed. So a painted piece passes through
 * Ink as a single character, its name, and `parseRow` puts the piece in its place.
 */
import { at } from "../../at.ts";
import type { Cells } from "./row.ts";

export { NAME_LENGTH } from "./row.ts";

/** Private Use Area B of Unicode, U+100000 to U+10FFFD: no font has its characters, and so no class name has them. */
const FIRST = 0x100000;
const COUNT = 0xfffe;

/** The names of some painted lines, for as long as their owner shows them. */
export interface Lease {
  /** The lines as Ink gets them, as wide as the painted ones or narrower. */
  readonly lines: readonly string[];
  /** Frees the names. Call it only when no frame on the screen contains them. */
  readonly release: () => void;
}

export class Strips {
  readonly #pieces: (Cells | undefined)[] = [];
  readonly #free: number[] = [];

  /**
   * Names the cells of painted lines, see `parseCells`.
   *
   * @param cut the column at which something ends that may cover the lines, or null. The part to the right of it gets
   * its own name, because a piece is not shown if its name is covered.
   * @throws RangeError if all 65,534 names are taken.
   */
  lease(painted: readonly Cells[], cut: number | null): Lease {
    const taken: number[] = [];
    const nameOf = (cells: Cells): string => {
      const place = this.#take(cells);
      taken.push(place);
      return String.fromCodePoint(FIRST + place);
    };
    const lines = painted.map((cells) => {
      if (cells.texts.length === 0) return "";
      if (cut === null || cut <= 0 || cut >= cells.texts.length) return nameOf(cells);
      const [left, right] = halves(cells, cut);
      return nameOf(left) + " ".repeat(cut - 1) + nameOf(right);
    });
    const release = () => {
      for (const place of taken) this.#pieces[place] = undefined;
      this.#free.push(...taken);
      taken.length = 0;
    };
    return { lines, release };
  }

  /** Returns the piece with this name, or undefined if the code point is no name. */
  cellsOf(codePoint: number): Cells | undefined {
    return this.#pieces[codePoint - FIRST];
  }

  #take(cells: Cells): number {
    const place = this.#free.pop() ?? this.#pieces.length;
    if (place >= COUNT) throw new RangeError("all names of painted lines are taken");
    this.#pieces[place] = cells;
    return place;
  }
}

/** Cuts cells in two. A wide character on the cut becomes two blanks. */
function halves({ texts, styles, unsure }: Cells, cut: number): [Cells, Cells] {
  const isWide = at(texts, cut) === "";
  const left = { texts: texts.slice(0, cut), styles: styles.slice(0, cut), unsure };
  const right = { texts: texts.slice(cut), styles: styles.slice(cut), unsure };
  if (isWide) {
    left.texts[cut - 1] = " ";
    right.texts[0] = " ";
  }
  return [left, right];
}
