import { Text, Transform } from "ink";

/**
 * Lines that are painted already, no wider than their place. Ink measures every character of a text three times a frame,
 * and by grapheme rules where it is not ASCII: two charts at 200×50 cost 9 ms of a frame's 15. Here it measures one blank a
 * line, and gets the line as it writes.
 */
export function Painted({ lines }: { lines: readonly string[] }) {
  return (
    <Transform transform={(_, index) => lines[index] ?? ""}>
      <Text>{lines.map(() => " ").join("\n")}</Text>
    </Transform>
  );
}
