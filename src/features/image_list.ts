/** Lists images of a data set by content: each content once, with all places where it occurs. */
import { at } from "../at.ts";
import { DigestTable } from "./rows/digest_table.ts";
import type { Part } from "./rows/feature_set.ts";

/** An image's place: its index in its part. */
export interface Place {
  readonly part: Part;
  readonly index: number;
}

/** The digests of consecutive images of one part, in order. */
export interface PartDigests {
  readonly part: Part;
  /** The index of the first image in its part. Default: 0. */
  readonly from?: number;
  readonly digests: readonly string[];
}

const NONE = -1;

export class ImageList {
  /** The digests, each once, in the order of their first places. */
  readonly digests: DigestTable;
  /** The number of images, including equal ones. */
  readonly total: number;
  /** The first place of each part, and the index in its part of the image there. */
  readonly #parts: readonly { readonly part: Part; readonly place: number; readonly index: number }[];
  /** For each content, its first place, as an index over all images. */
  readonly #first: Int32Array;
  /** For each place, the next place of the same content. */
  readonly #next: Int32Array;
  /** For each place, the position of its content in `digests`. */
  readonly #positions: Int32Array;

  constructor(parts: readonly PartDigests[]) {
    this.total = parts.reduce((sum, { digests }) => sum + digests.length, 0);
    this.digests = new DigestTable(this.total);
    this.#first = new Int32Array(this.total).fill(NONE);
    this.#next = new Int32Array(this.total).fill(NONE);
    this.#positions = new Int32Array(this.total);
    const last = new Int32Array(this.total).fill(NONE);
    const starts: { part: Part; place: number; index: number }[] = [];
    let place = 0;
    for (const { part, digests, from = 0 } of parts) {
      starts.push({ part, place, index: from });
      for (const digest of digests) {
        const position = this.digests.add(digest);
        const before = at(last, position);
        if (before === NONE) this.#first[position] = place;
        else this.#next[before] = place;
        this.#positions[place] = position;
        last[position] = place++;
      }
    }
    this.#parts = starts;
  }

  /** Returns, in order, the places of the content at a position in `digests`. */
  places(position: number): Place[] {
    const places: Place[] = [];
    for (let place = at(this.#first, position); place !== NONE; place = at(this.#next, place)) {
      places.push(this.#place(place));
    }
    return places;
  }

  /** Returns the positions in `digests` of the contents of a part's images, in the images' order. */
  positions(part: Part): Int32Array {
    const number = this.#parts.findIndex((one) => one.part === part);
    return this.#positions.subarray(at(this.#parts, number).place, this.#parts[number + 1]?.place);
  }

  #place(number: number): Place {
    const start = this.#parts.findLast(({ place }) => place <= number);
    if (!start) throw new RangeError(`no place ${number}`);
    return { part: start.part, index: start.index + number - start.place };
  }
}
