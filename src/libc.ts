/** The C library, for the few system calls that Deno does not provide. */

/** The file name of the C library, for `Deno.dlopen`. */
export const LIBC = Deno.build.os === "darwin" ? "libSystem.B.dylib" : "libc.so.6";
