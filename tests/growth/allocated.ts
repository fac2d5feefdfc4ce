/** Counts what V8 allocates, and collects what it no longer needs. */
import { getHeapStatistics } from "node:v8";

/** Since V8 14. Node's types do not have it yet. */
interface HeapStatistics {
  readonly total_allocated_bytes: number;
}

/** Returns how many bytes V8 has allocated so far, whether they are still in use or not. */
export function allocatedBytes(): number {
  return (getHeapStatistics() as ReturnType<typeof getHeapStatistics> & HeapStatistics).total_allocated_bytes;
}

/** Collects all garbage. V8 frees the memory of typed arrays after it has collected them. */
export async function collect(): Promise<void> {
  const { gc } = globalThis as { readonly gc?: () => void };
  if (!gc) throw new Error("start it with --v8-flags=--expose-gc");
  gc();
  await new Promise((resolve) => setTimeout(resolve, 100));
  gc();
}
