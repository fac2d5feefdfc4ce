/**
 * Guards folders that another process may take over. Every atomic writer (`atomic.ts`) checks the guard immediately
 * before it renames or removes anything, so no writer can forget it.
 */
import { sep } from "node:path";

/**
 * Throws if this process must no longer write to the folder. A result that is at most `maxAgeMs` old may be used again.
 */
export type Guard = (maxAgeMs: number) => void;

const guards = new Map<string, Guard>();

/** Calls `guard` before each change below a folder. Returns a function that ends this. */
export function guardFolder(folder: string, guard: Guard): () => void {
  guards.set(folder, guard);
  return () => {
    if (guards.get(folder) === guard) guards.delete(folder);
  };
}

/**
 * Checks the guards of all folders that contain a path. Does nothing if there are none.
 * @param maxAgeMs how old the result of an earlier check may be, for changes that are too frequent to check each one
 * @throws what the guard throws
 */
export function checkGuard(path: string, maxAgeMs = 0): void {
  for (const [folder, guard] of guards) {
    if (path === folder || path.startsWith(folder + sep)) guard(maxAgeMs);
  }
}
