/** Values as JSON, one a line, over a unix socket that cuts its bytes anywhere. */
import type { Socket } from "node:net";
import { LineReader } from "../../line_reader.ts";

export interface JsonLinesOptions {
  /** The longest line that is read. */
  readonly maxBytes: number;
  /** Gets each line's value. Whatever it throws refuses the line. */
  readonly onValue: (value: unknown) => void;
  /** Is told why a line was not read: it is too long, is not JSON, or `onValue` threw. */
  readonly onRefused: (why: string) => void;
}

/** Reads lines until the socket closes, or until the function that it returns is called. */
export function readJsonLines(socket: Socket, { maxBytes, onValue, onRefused }: JsonLinesOptions): () => void {
  const reader = new LineReader({
    maxBytes,
    onLine: (line) => {
      if (line.trim() === "") return;
      try {
        onValue(JSON.parse(line));
      } catch {
        onRefused("a line that this version does not know");
      }
    },
    onTooLong: () => onRefused(`a line of more than ${maxBytes} bytes`),
  });
  socket.on("data", (chunk: Uint8Array) => reader.push(chunk));
  socket.on("error", () => socket.destroy());
  return () => reader.close();
}

/** A value as one line, with its line break. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value) + "\n";
}
