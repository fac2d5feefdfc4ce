/** The limit on the size of files that `ulimit -f` sets. */

/**
 * Has a write that passes the limit fail with EFBIG, as on a full disk, so that the error can be said. Without a listener
 * the system ends the process with SIGXFSZ.
 */
export function surviveSizeLimit(): void {
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGXFSZ", () => {});
}
