/**
 * A list of 64-bit floats that only grows, for thousands of numbers. They are outside of V8's heap, in pieces: growing
 * moves none of a full piece and leaves no garbage, and less than one piece has no use yet.
 */
import { at } from "./at.ts";

const PIECE = 256;
/** The first capacity. It is doubled up to a whole piece, because most lists are short. */
const FIRST_CAPACITY = 16;

export class Floats {
  length = 0;
  readonly #pieces: Float64Array[] = [];

  push(float: number): void {
    const place = this.length % PIECE;
    let piece = place === 0 ? undefined : this.#pieces.at(-1);
    if (piece === undefined) {
      piece = new Float64Array(this.length === 0 ? FIRST_CAPACITY : PIECE);
      this.#pieces.push(piece);
    } else if (place === piece.length) {
      const larger = new Float64Array(2 * piece.length);
      larger.set(piece);
      this.#pieces[this.#pieces.length - 1] = piece = larger;
    }
    piece[place] = float;
    this.length++;
  }

  /** Returns the number at an index from 0 to length - 1. */
  get(index: number): number {
    return at(at(this.#pieces, Math.floor(index / PIECE)), index % PIECE);
  }

  /** Copies the first numbers to the beginning of an array, as many as it has room for. */
  copyTo(into: Float64Array): void {
    const length = Math.min(into.length, this.length);
    for (let start = 0; start < length; start += PIECE) {
      const piece = at(this.#pieces, start / PIECE);
      const wanted = length - start;
      // A view of each piece would be garbage that grows with the list.
      into.set(wanted < piece.length ? piece.subarray(0, wanted) : piece, start);
    }
  }
}
