/** The limit on the size of files that `ulimit -f` sets. */

/**
 * Makes a write beyond the limit fail with EFBIG, so that the error can be reported as for a full disk. Without a
 * signal listener the system kills the process with SIGXFSZ.
 */
export function surviveSizeLimit(): void {
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGXFSZ", () => {});
}
