/** Values as JSON, one a line, over a unix socket that cuts its bytes anywhere. */
import type { Socket } from "node:net";

/**
 * Hands every whole line's value to `onValue`. A line that is not JSON, or a value that `onValue` throws at, closes the
 * socket: whoever sends such a thing is of another version and cannot be answered in a language it knows.
 */
export function readJsonLines(socket: Socket, onValue: (value: unknown) => void): void {
  const read = jsonLineReader(onValue);
  socket.on("data", (chunk: Uint8Array) => {
    try {
      read(chunk);
    } catch {
      socket.destroy();
    }
  });
  socket.on("error", () => socket.destroy());
}

/** Returns a function to feed with chunks; `onValue` gets each value once its line is whole. */
function jsonLineReader(onValue: (value: unknown) => void): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = "";
  return (chunk) => {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") onValue(JSON.parse(line));
  };
}

/** A value as one line, with its line break. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value) + "\n";
}
