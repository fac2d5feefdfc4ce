/** The ways in which tests damage a stored file: they flip a bit, change a byte, or cut off the end. */
import assert from "node:assert/strict";
import { at } from "../src/at.ts";

/** A file's content with one defect, and a description of that defect. */
export interface Damaged {
  readonly what: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Returns the content once per bit, each time with that bit flipped. */
export function* everyBitFlipped(content: Uint8Array): Generator<Damaged> {
  for (let bit = 0; bit < content.length * 8; bit++) {
    const bytes = Uint8Array.from(content);
    bytes[bit >> 3] = at(content, bit >> 3) ^ 1 << (bit & 7);
    yield { what: `bit ${bit} flipped`, bytes };
  }
}

/**
 * Returns the content once per given place, each time with the byte there changed to a value that differs in all bits.
 */
export function* bytesFlipped(content: Uint8Array, places: Iterable<number>): Generator<Damaged> {
  for (const place of places) {
    const bytes = Uint8Array.from(content);
    bytes[place] = at(content, place) ^ 0xff;
    yield { what: `byte ${place} flipped`, bytes };
  }
}

/** Returns the content cut at `count` places, spread evenly from the empty file to all but the last byte. */
export function* cuts(content: Uint8Array, count = 200): Generator<Damaged> {
  for (let cut = 0; cut < count; cut++) {
    const length = Math.floor(cut * content.length / count);
    yield { what: `cut after ${length} bytes`, bytes: content.slice(0, length) };
  }
  yield { what: "without its last byte", bytes: content.slice(0, -1) };
}

/** Returns every place of a small file. For a large one, returns both ends and places from a fixed sequence. */
export function places(length: number, most = 4000): number[] {
  if (length <= most) return Array.from({ length }, (_, place) => place);
  const chosen = new Set<number>();
  for (let end = 0; end < most / 4; end++) chosen.add(end).add(length - 1 - end);
  // A linear congruential generator (Numerical Recipes) yields the same places in every run.
  for (let state = 1; chosen.size < most;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    chosen.add(state % length);
  }
  return [...chosen];
}

/** Creates a named pipe. */
export function makePipe(path: string): void {
  assert.ok(new Deno.Command("mkfifo", { args: [path] }).outputSync().success, `mkfifo ${path}`);
}

/** Replaces a file with a named pipe. */
export function putPipe(path: string): void {
  Deno.removeSync(path);
  makePipe(path);
}
