/** The version of the system's C library, which a wheel for Linux depends on. */
import { HeadlightError } from "../../errors.ts";
import { LIBC } from "../../libc.ts";
import type { PinnedWheel } from "./pinned.ts";

/**
 * Checks that the C library is at least as new as the wheel's platform demands, e.g. 2.28 for manylinux_2_28_x86_64.
 *
 * @param engine the engine's name, for the error
 * @param found the C library's version, or null if it is not known
 * @throws HeadlightError (exit status 1) if it is older
 */
export function requireGlibc({ platform }: PinnedWheel, engine: string, found: string | null = glibcVersion()): void {
  const [, major, minor] = /^manylinux_(\d+)_(\d+)_/.exec(platform) ?? [];
  if (major === undefined || found === null) return;
  const [foundMajor = 0, foundMinor = 0] = found.split(".").map(Number);
  const [neededMajor, neededMinor] = [Number(major), Number(minor)];
  if (foundMajor > neededMajor || (foundMajor === neededMajor && foundMinor >= neededMinor)) return;
  throw new HeadlightError(
    `${engine} needs glibc ${major}.${minor} or later, but this system has glibc ${found}. Update the system, or use ` +
      "another engine (--engine).",
    1,
  );
}

/** Returns the version of glibc in this process, or null if its C library is another one. */
export function glibcVersion(): string | null {
  try {
    const libc = Deno.dlopen(LIBC, { gnu_get_libc_version: { parameters: [], result: "pointer" } });
    const text = libc.symbols.gnu_get_libc_version();
    const version = text === null ? null : Deno.UnsafePointerView.getCString(text);
    libc.close();
    return version;
  } catch {
    return null;
  }
}
