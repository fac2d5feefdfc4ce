/** A compact table of image digests with lookup by digest. Adding a million takes 40 MB and a tenth of a second. */
import { Buffer } from "node:buffer";

/** The number of bytes of a digest, a SHA-256. */
export const DIGEST_BYTES = 32;

/**
 * A table of digests. The first one added has position 0. It is an open-addressing hash table; a digest is its own
 * hash.
 */
export class DigestTable {
  readonly #bytes: Uint8Array;
  /** For each slot, position + 1, or 0 if the slot is free. */
  readonly #slots: Int32Array;
  #size = 0;

  /** @param capacity the maximum number of digests */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity * DIGEST_BYTES);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * capacity + 2)));
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a digest given in hex. Returns its position, which is the existing one if it was added before. */
  add(hex: string): number {
    const digest = Buffer.from(hex, "hex");
    if (digest.length !== DIGEST_BYTES) throw new RangeError(`${hex} is not a SHA-256 in hex`);
    const slot = this.#slotOf(digest, 0);
    const found = this.#slots[slot] ?? 0;
    if (found > 0) return found - 1;
    this.#bytes.set(digest, this.#size * DIGEST_BYTES);
    this.#slots[slot] = ++this.#size;
    return this.#size - 1;
  }

  /** Returns the position of the digest whose bytes begin at `offset`, or -1. */
  find(bytes: Uint8Array, offset: number): number {
    return (this.#slots[this.#slotOf(bytes, offset)] ?? 0) - 1;
  }

  /** Returns the bytes of the digest at a position, as a view of the table's memory. */
  bytes(position: number): Uint8Array {
    if (position < 0 || position >= this.#size) throw new RangeError(`no digest ${position} of ${this.#size}`);
    return this.#bytes.subarray(position * DIGEST_BYTES, (position + 1) * DIGEST_BYTES);
  }

  /** Returns the digest at a position in hex. */
  hex(position: number): string {
    return Buffer.from(this.bytes(position)).toString("hex");
  }

  /** Returns the slot that contains the digest, or the free slot for it. */
  #slotOf(bytes: Uint8Array, offset: number): number {
    const mask = this.#slots.length - 1;
    const word = new DataView(bytes.buffer, bytes.byteOffset + offset, DIGEST_BYTES).getUint32(0, true);
    for (let slot = word & mask;; slot = (slot + 1) & mask) {
      const taken = this.#slots[slot] ?? 0;
      if (taken === 0 || this.#isEqual(taken - 1, bytes, offset)) return slot;
    }
  }

  #isEqual(position: number, bytes: Uint8Array, offset: number): boolean {
    const own = position * DIGEST_BYTES;
    for (let index = 0; index < DIGEST_BYTES; index++) {
      if (this.#bytes[own + index] !== bytes[offset + index]) return false;
    }
    return true;
  }
}
