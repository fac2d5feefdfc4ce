/** The memory that feature rows are held in, and from which size on they are mapped instead of copied to it. */
import { freeMemory } from "../../free_memory.ts";
import { MAPPED_FROM_BYTES } from "./mapped_rows.ts";

export interface RowMemory {
  /** The size from which rows are not copied but mapped from the store, where they can be. */
  readonly mappedFromBytes: number;
  /** Returns the number of bytes that this process may still take. */
  readonly freeBytes: () => number;
}

/** That of this machine. */
export const ROW_MEMORY: RowMemory = { mappedFromBytes: MAPPED_FROM_BYTES, freeBytes: freeMemory };
