/** JSON values, one per line, over a unix socket that may split its bytes anywhere. */
import type { Socket } from "node:net";
import { LineReader } from "../../line_reader.ts";

export interface JsonLinesOptions {
  /** The maximum length of a line, in bytes. */
  readonly maxBytes: number;
  /** Called with the value of each line. If it throws, the line is refused. */
  readonly onValue: (value: unknown) => void;
  /** Called with the reason if a line is refused: it is too long, it is not JSON, or `onValue` threw. */
  readonly onRefused: (why: string) => void;
}

/** Returns a reader of the bytes. */
export function jsonLineReader({ maxBytes, onValue, onRefused }: JsonLinesOptions): LineReader {
  return new LineReader({
    maxBytes,
    onLine: (line) => {
      if (line.trim() === "") return;
      try {
        onValue(JSON.parse(line));
      } catch {
        onRefused("received a line that this version does not understand");
      }
    },
    onTooLong: () => onRefused(`received a line of more than ${maxBytes} bytes`),
  });
}

/** Reads lines until the socket closes or the returned function is called. */
export function readJsonLines(socket: Socket, options: JsonLinesOptions): () => void {
  const reader = jsonLineReader(options);
  socket.on("data", (chunk: Uint8Array) => reader.push(chunk));
  socket.on("error", () => socket.destroy());
  return () => reader.close();
}

/** Returns a value as one line, with its line break. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value) + "\n";
}
