/**
 * Bytes to be appended to a file. What a full disk refuses is kept and continued later, also in the middle of a line.
 */
export class PendingBytes {
  readonly #chunks: Uint8Array[] = [];

  /** The number of chunks that are not completely written. */
  get chunks(): number {
    return this.#chunks.length;
  }

  /** The number of bytes that are not written. */
  get bytes(): number {
    return this.#chunks.reduce((sum, { length }) => sum + length, 0);
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  /** Writes all chunks in order. @throws the system's error; what is not written yet stays for the next call */
  writeTo(file: Pick<Deno.FsFile, "writeSync">): void {
    for (let [chunk] = this.#chunks; chunk !== undefined; [chunk] = this.#chunks) {
      while (chunk.length > 0) this.#chunks[0] = chunk = chunk.subarray(file.writeSync(chunk));
      this.#chunks.shift();
    }
  }
}
