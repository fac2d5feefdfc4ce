/**
 * Hides what native code prints to standard error while it is loaded. TensorFlow's first lines (about oneDNN and the
 * uninitialized log) ignore TF_CPP_MIN_LOG_LEVEL, so the file descriptor itself is redirected.
 */
import { LIBC } from "../libc.ts";

const STDERR = 2;

/** Runs `work` with file descriptor 2 redirected to /dev/null. If the redirection fails, runs it without. */
export async function withoutNativeStderr<T>(work: () => Promise<T>): Promise<T> {
  const restore = redirect();
  try {
    return await work();
  } finally {
    restore();
  }
}

/** Redirects file descriptor 2 to /dev/null. Returns a function that restores it. */
function redirect(): () => void {
  try {
    const libc = Deno.dlopen(LIBC, {
      dup: { parameters: ["i32"], result: "i32" },
      dup2: { parameters: ["i32", "i32"], result: "i32" },
      close: { parameters: ["i32"], result: "i32" },
      open: { parameters: ["buffer", "i32"], result: "i32" },
    });
    const { dup, dup2, close, open } = libc.symbols;
    const WRITE_ONLY = 1;
    const kept = dup(STDERR);
    const nothing = open(new TextEncoder().encode("/dev/null\0"), WRITE_ONLY);
    if (kept < 0 || nothing < 0) return () => {};
    dup2(nothing, STDERR);
    close(nothing);
    return () => {
      dup2(kept, STDERR);
      close(kept);
      libc.close();
    };
  } catch {
    return () => {};
  }
}
