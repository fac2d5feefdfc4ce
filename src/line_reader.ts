/** Splits a stream of bytes into lines of text, in linear time and with a limit on the memory used. */
import { Buffer } from "node:buffer";

const NEWLINE = 10;

export interface LineReaderOptions {
  /** The maximum length of a line. Longer lines are dropped. */
  readonly maxBytes: number;
  /** Called with each complete line, without its line break. Bytes that are not UTF-8 become U+FFFD. */
  readonly onLine: (line: string) => void;
  /** Called once for each line that is too long, as soon as it exceeds the limit. */
  readonly onTooLong: () => void;
}

export class LineReader {
  readonly #options: LineReaderOptions;
  /** The parts of the current line that have arrived so far. */
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  /** Whether the current line is too long and is being skipped. */
  #skipping = false;
  #closed = false;

  constructor(options: LineReaderOptions) {
    this.#options = options;
  }

  push(chunk: Uint8Array): void {
    for (let start = 0; start < chunk.length && !this.#closed;) {
      const newline = chunk.indexOf(NEWLINE, start);
      const end = newline < 0 ? chunk.length : newline;
      this.#keep(chunk.subarray(start, end));
      if (newline >= 0) this.#endLine();
      start = end + 1;
    }
  }

  /** Stops reading. The rest of the current chunk is dropped too. */
  close(): void {
    this.#closed = true;
    this.#pieces = [];
  }

  #keep(piece: Uint8Array): void {
    if (this.#skipping || piece.length === 0) return;
    this.#bytes += piece.length;
    if (this.#bytes <= this.#options.maxBytes) {
      // The stream may reuse the memory of its chunk, so copy the bytes.
      this.#pieces.push(piece.slice());
      return;
    }
    this.#skipping = true;
    this.#pieces = [];
    this.#options.onTooLong();
  }

  #endLine(): void {
    const [first] = this.#pieces;
    const line = first && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces, this.#bytes);
    const whole = !this.#skipping && !this.#closed;
    this.#pieces = [];
    this.#bytes = 0;
    this.#skipping = false;
    if (whole) this.#options.onLine(new TextDecoder().decode(line));
  }
}
