/**
 * Guards folders that another process may take over. Every atomic writer (`atomic.ts`) checks the guard immediately
 * before it renames or removes anything, so no writer can forget it.
 *
 * The process may be suspended between the check and the rename. A guarded folder therefore has a folder of its own for
 * the temporary files of this process. Whoever takes the guarded folder over removes it, so that a rename from or to it
 * that was prepared before fails by itself.
 */
import { sep } from "node:path";

export interface Guard {
  /**
   * Throws if this process must no longer write to the folder. A result that is at most `maxAgeMs` old may be used
   * again.
   */
  check(maxAgeMs: number): void;
  /** The folder for temporary files. It is created when it is needed. By default they are beside their files. */
  readonly asides?: string;
}

const guards = new Map<string, Guard>();

/** Guards everything below a folder. Returns a function that ends this. */
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
  for (const guard of guardsOf(path)) guard.check(maxAgeMs);
}

/** Returns the folder for temporary files of a guarded path, or null if they are beside it. */
export function asidesFolderOf(path: string): string | null {
  return guardsOf(path).find(({ asides }) => asides !== undefined)?.asides ?? null;
}

function guardsOf(path: string): Guard[] {
  return [...guards].filter(([folder]) => path === folder || path.startsWith(folder + sep)).map(([, guard]) => guard);
}
