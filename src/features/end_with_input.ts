/**
 * A worker that ends its process when standard input closes. A thread of its own, because the main one is inside
 * native calls for seconds at a time; by SIGKILL, which segments of rows and weights files survive: they are whole or not there.
 */
const buffer = new Uint8Array(1024);
while (Deno.stdin.readSync(buffer) !== null);
Deno.kill(Deno.pid, "SIGKILL");
