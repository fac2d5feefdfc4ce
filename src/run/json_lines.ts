/** Values as JSON, one a line, over a byte stream that is cut anywhere. */

/** Returns a function to feed with chunks; `onValue` gets each value once its line is whole. */
export function jsonLineReader(onValue: (value: unknown) => void): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = "";
  return (chunk) => {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") onValue(JSON.parse(line));
  };
}

export function jsonLine(value: unknown): string {
  return JSON.stringify(value) + "\n";
}
