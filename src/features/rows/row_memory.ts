/** The limits of the memory for feature rows. */
import { freeMemory } from "../../free_memory.ts";
import { MAPPED_FROM_BYTES } from "./mapped_rows.ts";

/** How much memory feature rows may take. */
export interface RowMemory {
  /** The size in bytes from which rows are mapped from the store instead of copied, if they can be mapped. */
  readonly mappedFromBytes: number;
  /** Returns the number of bytes that this process may still take. */
  readonly freeBytes: () => number;
}

/** The limits on this machine. */
export const ROW_MEMORY: RowMemory = { mappedFromBytes: MAPPED_FROM_BYTES, freeBytes: freeMemory };
