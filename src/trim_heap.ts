/** Gives memory back to the system. */
import { LIBC } from "./libc.ts";

/**
 * Gives the freed parts of this process's heap back to the system. glibc keeps them for later allocations, and never
 * gives back those below a block in use by itself. Takes some 30 ms. Does nothing with other C libraries.
 */
export function trimHeap(): void {
  try {
    const libc = Deno.dlopen(LIBC, { malloc_trim: { parameters: ["usize"], result: "i32" } });
    libc.symbols.malloc_trim(0n);
    libc.close();
  } catch {
    // The library has no such function.
  }
}
