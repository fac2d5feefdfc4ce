import assert from "node:assert/strict";
import { join } from "node:path";

Deno.test("signals before, between and at the closing of views are kept for the next one, and act again at the end", async () => {
  const { code, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", join(import.meta.dirname ?? ".", "signals_child.ts")],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [line = "", ...rest] = new TextDecoder().decode(stdout).trim().split("\n");
  assert.deepEqual(JSON.parse(line), {
    first: ["SIGUSR2", "SIGTERM", "SIGINT"],
    whileShown: null,
    whileClosing: "SIGINT",
    second: ["SIGINT", "SIGALRM"],
    after: null,
  }, new TextDecoder().decode(stderr));
  assert.deepEqual([rest, signal, code], [[], "SIGTERM", 143]);
});
