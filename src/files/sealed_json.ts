/**
 * JSON documents that are sealed whole. The text of such a document is fixed to the byte: its keys are sorted, and its
 * key `seal` holds a SHA-256 over all else and over the name under which the document is stored. A reader writes the
 * text anew from what it has parsed and compares bytes, so that a changed byte, a missing one and a document that was
 * moved to another name are all noticed.
 */
import { createHash } from "node:crypto";

/** Anything that JSON can hold. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };
export type JsonObject = Readonly<Record<string, Json | undefined>>;

/** Returns JSON text that depends on the value alone: keys sorted, nothing between the tokens. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/**
 * Returns the text of a sealed document.
 * @param value what it holds; it has no key `seal`.
 * @param name what the document is stored as, e.g. a cache key or the name of its folder. It is not written.
 */
export function sealJson(value: JsonObject, name: string): string {
  if ("seal" in value) throw new Error("the key seal is the document's own");
  return JSON.stringify(sorted({ ...value, seal: sealOf(value, name) }), null, 2) + "\n";
}

/**
 * Returns what a sealed document holds, without its seal, or null where a single byte of it is not as `sealJson` wrote
 * it under this name.
 */
export function openSealedJson(bytes: Uint8Array, name: string): Record<string, unknown> | null {
  const parsed = parseObject(bytes);
  if (parsed === null) return null;
  const { seal: _, ...value } = parsed;
  const whole = sorted({ ...value, seal: sealOf(value, name) });
  const expected = new TextEncoder().encode(JSON.stringify(whole, null, 2) + "\n");
  return sameBytes(bytes, expected) ? value : null;
}

function sealOf(value: unknown, name: string): string {
  return createHash("sha256").update(canonicalJson([name, value])).digest("hex");
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).sort(([one], [other]) => one < other ? -1 : one > other ? 1 : 0)
      .map(([key, child]) => [key, sorted(child)]),
  );
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
