/** A weights file with a wrong hash, as a person meets it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { bases } from "../../src/bases/bases.ts";
import { headlight } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

const { name, md5 } = bases.squeezenet11.published[0];

/** The environment of a machine without a network: its proxy is a port on which nobody listens. */
function offline(): Record<string, string> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const proxy = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  return { HTTPS_PROXY: proxy, https_proxy: proxy, NO_PROXY: "", no_proxy: "" };
}

Deno.test("bad input: a cached weights file with a wrong hash is never used, and one line has its name and both hashes", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "headlight", "weights", name);
    Deno.mkdirSync(join(folder, "headlight", "weights"), { recursive: true });
    Deno.writeTextFileSync(path, "abc");
    const flags = ["--data", "demo", "--base", "squeezenet11", "--engine", "wasm", "--weights", "imagenet", "--plain"];
    const { status, stdout, stderr } = await headlight(["train", ...flags, "--runs", join(folder, "runs")], {
      env: { XDG_CACHE_HOME: folder, ...offline() },
    });
    assert.equal(status, 1, stderr);
    const line = stdout.split("\n").find((text) => text.includes("instead of"));
    // The example in RFC 1321.
    assert.match(line ?? stdout, new RegExp(`md5 900150983cd24fb0d6963f7d28e17f72 instead of ${md5}`));
    assert.match(line ?? "", /raw\.githubusercontent\.com cannot be reached: /);
    assert.ok(line?.includes(`Copy the file to ${path}, or name one with --weights FILE.h5`), String(line));
    assert.equal(Deno.readTextFileSync(path), "abc", "what the person put there is not written over with nothing");
  });
});
