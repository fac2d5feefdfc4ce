/**
 * A worker that ends its process when standard input closes. It is a separate thread, because the main thread is inside
 * native calls for seconds at a time. It uses SIGKILL, which is safe because segments of rows and weights files are
 * written atomically.
 */
const buffer = new Uint8Array(1024);
while (Deno.stdin.readSync(buffer) !== null);
Deno.kill(Deno.pid, "SIGKILL");
