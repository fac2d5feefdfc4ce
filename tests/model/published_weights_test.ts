import assert from "node:assert/strict";
import { join } from "node:path";
import { HeadlightError } from "../../src/errors.ts";
import { bases } from "../../src/bases/bases.ts";
import { publishedWeights } from "../../src/model/published_weights.ts";
import { withServer } from "../files/server.ts";
import { shared, sharedTest, withTemporaryFolder } from "../support.ts";

const { name, md5 } = bases.squeezenet11.published[0];
const SQUEEZENET = { base: "squeezenet11", size: 160 } as const;
const DENSENET = { base: "densenet121", size: 160 } as const;
const REAL = shared("weights/squeezenet11", name);

function refusal(line: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof HeadlightError, String(error));
    assert.match(error.message, line);
    return error.exitStatus === 1;
  };
}

sharedTest("the published file is downloaded once and then found in the cache", async () => {
  await withTemporaryFolder((cacheRoot) =>
    withServer(Deno.readFileSync(REAL), {}, async ({ url, ranges }) => {
      const path = await publishedWeights(SQUEEZENET, { cacheRoot, fetchFrom: url });
      assert.equal(path, join(cacheRoot, "weights", name));
      assert.deepEqual(Deno.readFileSync(path), Deno.readFileSync(REAL));
      assert.equal(await publishedWeights(SQUEEZENET, { cacheRoot, fetchFrom: url }), path);
      assert.equal(ranges.length, 1);
    })
  );
});

sharedTest("a file put into the cache by hand is used once its hash has been verified", async () => {
  await withTemporaryFolder(async (cacheRoot) => {
    Deno.mkdirSync(join(cacheRoot, "weights"));
    Deno.copyFileSync(REAL, join(cacheRoot, "weights", name));
    const path = await publishedWeights(SQUEEZENET, { cacheRoot, fetchFrom: "http://127.0.0.1:9/" });
    assert.equal(path, join(cacheRoot, "weights", name));
  });
});

sharedTest("a cached file that has changed is downloaded again instead of used", async () => {
  await withTemporaryFolder((cacheRoot) =>
    withServer(Deno.readFileSync(REAL), {}, async ({ url, ranges }) => {
      const path = await publishedWeights(SQUEEZENET, { cacheRoot, fetchFrom: url });
      // One flipped bit with the same size and modification time, as a failing disk produces. Only the content shows
      // it.
      const { atime, mtime } = Deno.statSync(path);
      assert.ok(atime && mtime);
      const bytes = Deno.readFileSync(path);
      bytes[1_000_000] = (bytes[1_000_000] ?? 0) ^ 1;
      Deno.writeFileSync(path, bytes);
      Deno.utimeSync(path, atime, mtime);
      await publishedWeights(SQUEEZENET, { cacheRoot, fetchFrom: url });
      assert.equal(ranges.length, 2);
      assert.deepEqual(Deno.readFileSync(path), Deno.readFileSync(REAL));
    })
  );
});

Deno.test("a file other than the published one is never used, whether downloaded or in the cache", async () => {
  await withTemporaryFolder((cacheRoot) =>
    withServer(new Uint8Array(1000), {}, async ({ url }) => {
      const options = { cacheRoot, fetchFrom: url };
      const wrong = refusal(
        new RegExp(`^the published weights of squeezenet11 are not available \\(.* instead of ${md5}`),
      );
      await assert.rejects(publishedWeights(SQUEEZENET, options), wrong);
      Deno.writeFileSync(join(cacheRoot, "weights", name), new Uint8Array(1000));
      await assert.rejects(publishedWeights(SQUEEZENET, options), wrong);
    })
  );
});

Deno.test("without a connection the error says where to put the file by hand", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  await withTemporaryFolder(async (cacheRoot) => {
    const fetchFrom = `http://127.0.0.1:${listener.addr.port}/`;
    await assert.rejects(
      publishedWeights(DENSENET, { cacheRoot, fetchFrom }),
      refusal(
        /cannot be reached: .*\)\. Copy the file to .*weights\/densenet121_.*\.h5, or name one with --weights FILE\.h5\.$/,
      ),
    );
  });
});

Deno.test("an unwritable cache is reported in a one-line error", async () => {
  await withTemporaryFolder(async (folder) => {
    Deno.writeTextFileSync(join(folder, "file"), "");
    await assert.rejects(
      publishedWeights(DENSENET, { cacheRoot: join(folder, "file") }),
      refusal(/^the published weights of densenet121 are not available \(writing to .*file\/weights: /),
    );
  });
});
