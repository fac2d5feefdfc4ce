import assert from "node:assert/strict";
import { runOptionsSchema } from "../../src/config.ts";
import { prepare } from "../../src/run/prepare.ts";
import { withTemporaryFolder } from "../support.ts";

/** Returns the error of a log on a full disk. */
function fullDisk(): Error {
  return Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
}

for (
  const options of [
    { weights: "imagenet", engine: "wasm" },
    { weights: "random", engine: "auto" },
    { base: "squeezenet11", engine: "auto" },
  ]
) {
  Deno.test(`${JSON.stringify(options)}: an error while progress is reported ends the preparation with that error`, async () => {
    const before = Deno.env.get("XDG_CACHE_HOME");
    await withTemporaryFolder(async (folder) => {
      Deno.env.set("XDG_CACHE_HOME", folder);
      try {
        const failure = fullDisk();
        const said: string[] = [];
        const onProgress = ({ label }: { label: string }) => {
          said.push(label);
          // Thrown once, so that only the preparation itself remembers it.
          if (said.length === 1) throw failure;
        };
        const signal = AbortSignal.timeout(20_000);
        const work = prepare(runOptionsSchema.parse({ ...options, data: "demo" }), onProgress, signal);
        await assert.rejects(work, (error) => error === failure);
        assert.equal(said.length, 1, `it went on with ${said.slice(1)}`);
      } finally {
        if (before === undefined) Deno.env.delete("XDG_CACHE_HOME");
        else Deno.env.set("XDG_CACHE_HOME", before);
      }
    });
  });
}
