/**
 * JSON files that carry their own SHA-256. The seal covers the text of the whole file, white space included: a file in
 * which any byte is another one than was written is not taken.
 */
import { createHash } from "node:crypto";

/** Returns a value as the text of a sealed file: JSON whose last key is `seal`. */
export function sealedJson(value: Readonly<Record<string, unknown>>): string {
  const unsealed = JSON.stringify({ ...value, seal: "" }, null, 1) + "\n";
  return unsealed.slice(0, -UNSEALED_END.length) + sealedEnd(sha256(unsealed));
}

const UNSEALED_END = '"seal": ""\n}\n';
const SEALED_END = /"seal": "([0-9a-f]{64})"\n\}\n$/;

function sealedEnd(seal: string): string {
  return `"seal": "${seal}"\n}\n`;
}

/** Whether a file's text ends with a seal, and whether the seal is that of the text. */
export function sealOf(text: string): "missing" | "right" | "wrong" {
  const found = SEALED_END.exec(text);
  if (!found) return "missing";
  return found[1] === sha256(text.slice(0, found.index) + UNSEALED_END) ? "right" : "wrong";
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
