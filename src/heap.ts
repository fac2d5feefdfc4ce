/** What a process does to need little memory. */
import { LIBC } from "./libc.ts";

/**
 * mallopt's numbers (malloc.h): the free room at the end of a heap that is given back, and the size of a block of its
 * own.
 */
const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;

/**
 * Collects garbage, if the process was started with `--expose-gc`, and gives the freed parts of its heap back to the
 * system. glibc keeps them for later allocations, and never gives back those below a block in use by itself. Takes some
 * 60 ms. Does nothing to the heaps of other C libraries.
 */
export function trimHeap(): void {
  const { gc } = globalThis as { readonly gc?: () => void };
  gc?.();
  // V8 frees arrays in the background. A second collection first waits for the end of that.
  gc?.();
  callLibc("malloc_trim", { parameters: ["usize"], result: "i32" }, 0n);
}

/**
 * Makes glibc get blocks of at least this size from the system one by one, from now on. They go back as soon as they
 * are freed, but each costs a system call and new pages. So does free room of that size at the end of a heap. Other C
 * libraries ignore it.
 */
export function allocateSingly(bytes: number): void {
  for (const limit of [M_MMAP_THRESHOLD, M_TRIM_THRESHOLD]) {
    callLibc("mallopt", { parameters: ["i32", "i32"], result: "i32" }, limit, bytes);
  }
}

function callLibc(name: string, type: Deno.ForeignFunction, ...values: (number | bigint)[]): void {
  try {
    const libc = Deno.dlopen(LIBC, { [name]: type });
    libc.symbols[name]?.(...values);
    libc.close();
  } catch {
    // The library has no such function.
  }
}
