/** Counts what native code has allocated, which V8 does not know of. */
import { LIBC } from "../../src/libc.ts";

const SYMBOLS = { mallinfo2: { parameters: [], result: { struct: Array<"usize">(10).fill("usize") } } } as const;
/** The place of `uordblks`, the bytes in use, in the result. See mallinfo(3). */
const IN_USE = 7;

/** Returns the bytes that are allocated with malloc now, or null where the C library does not count them. */
export function nativeBytes(): number | null {
  try {
    const libc = Deno.dlopen(LIBC, SYMBOLS);
    const counts = new BigUint64Array(libc.symbols.mallinfo2().slice().buffer);
    libc.close();
    return Number(counts[IN_USE]);
  } catch {
    return null;
  }
}
