/** Cuts a stream of bytes into lines of text, in linear time and with a bound on what is kept. */
import { Buffer } from "node:buffer";

const NEWLINE = 10;

export interface LineReaderOptions {
  /** Longer lines are not kept. */
  readonly maxBytes: number;
  /** Gets each whole line, without its line break. Bytes that are not UTF-8 become U+FFFD. */
  readonly onLine: (line: string) => void;
  /** Is called once for a line that is too long, as soon as that is known. */
  readonly onTooLong: () => void;
}

export class LineReader {
  readonly #options: LineReaderOptions;
  /** The pieces of a line that has not ended yet. */
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  /** Whether the line that has not ended yet is too long. */
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

  /** Nothing more is read, the rest of a chunk under way included. */
  close(): void {
    this.#closed = true;
    this.#pieces = [];
  }

  #keep(piece: Uint8Array): void {
    if (this.#skipping || piece.length === 0) return;
    this.#bytes += piece.length;
    if (this.#bytes <= this.#options.maxBytes) {
      // A stream may use its chunk's memory again.
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
