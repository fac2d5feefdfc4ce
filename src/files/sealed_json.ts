/**
 * JSON files with a seal, which is the SHA-256 of the file's whole text including white space. A file in which any byte
 * was changed is rejected.
 */
import { createHash } from "node:crypto";

/** Returns the text of a sealed file with this value: JSON whose last key is `seal`. */
export function sealedJson(value: Readonly<Record<string, unknown>>): string {
  const unsealed = JSON.stringify({ ...value, seal: "" }, null, 1) + "\n";
  return unsealed.slice(0, -UNSEALED_END.length) + sealedEnd(sha256(unsealed));
}

const UNSEALED_END = '"seal": ""\n}\n';
const SEALED_END = /"seal": "([0-9a-f]{64})"\n\}\n$/;

function sealedEnd(seal: string): string {
  return `"seal": "${seal}"\n}\n`;
}

/** Checks the seal at the end of a file's text. */
export function sealOf(text: string): "missing" | "right" | "wrong" {
  const found = SEALED_END.exec(text);
  if (!found) return "missing";
  return found[1] === sha256(text.slice(0, found.index) + UNSEALED_END) ? "right" : "wrong";
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
