import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { HeadlightError } from "../../src/errors.ts";
import { bases } from "../../src/bases/bases.ts";
import { publishedWeights } from "../../src/model/published_weights.ts";
import { withServer } from "../files/server.ts";
import { withTemporaryFolder } from "../support.ts";
import { hash } from "./formula_weights.ts";

const { published } = bases.squeezenet11;
const { name } = published;
/** In place of the published file: two million bytes. */
const FILE = Uint8Array.from({ length: 2_000_000 }, (_, index) => hash(index, 0) >>> 24);
const md5 = createHash("md5").update(FILE).digest("hex");

function refusal(line: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof HeadlightError, String(error));
    assert.match(error.message, line);
    return error.exitStatus === 1;
  };
}

Deno.test("the published file is downloaded once and then found in the cache", async () => {
  await withTemporaryFolder((cacheRoot) =>
    withServer(FILE, {}, async ({ url, ranges }) => {
      const path = await publishedWeights("squeezenet11", { cacheRoot, fetchFrom: url, md5 });
      assert.equal(path, join(cacheRoot, "weights", name));
      assert.deepEqual(Deno.readFileSync(path), FILE);
      assert.equal(await publishedWeights("squeezenet11", { cacheRoot, fetchFrom: url, md5 }), path);
      assert.equal(ranges.length, 1);
    })
  );
});

Deno.test("a file put into the cache by hand is used once its hash has been verified", async () => {
  await withTemporaryFolder(async (cacheRoot) => {
    Deno.mkdirSync(join(cacheRoot, "weights"));
    Deno.writeFileSync(join(cacheRoot, "weights", name), FILE);
    const path = await publishedWeights("squeezenet11", { cacheRoot, fetchFrom: "http://127.0.0.1:9/", md5 });
    assert.equal(path, join(cacheRoot, "weights", name));
  });
});

Deno.test("a cached file that has changed is downloaded again instead of used", async () => {
  await withTemporaryFolder((cacheRoot) =>
    withServer(FILE, {}, async ({ url, ranges }) => {
      const path = await publishedWeights("squeezenet11", { cacheRoot, fetchFrom: url, md5 });
      // One flipped bit with the same size and modification time, as a failing disk produces. Only the content shows
      // it.
      const { atime, mtime } = Deno.statSync(path);
      assert.ok(atime && mtime);
      const bytes = Deno.readFileSync(path);
      bytes[1_000_000] = (bytes[1_000_000] ?? 0) ^ 1;
      Deno.writeFileSync(path, bytes);
      Deno.utimeSync(path, atime, mtime);
      await publishedWeights("squeezenet11", { cacheRoot, fetchFrom: url, md5 });
      assert.equal(ranges.length, 2);
      assert.deepEqual(Deno.readFileSync(path), FILE);
    })
  );
});

Deno.test("a file other than the published one is never used, whether downloaded or in the cache", async () => {
  await withTemporaryFolder((cacheRoot) =>
    withServer(new Uint8Array(1000), {}, async ({ url }) => {
      const options = { cacheRoot, fetchFrom: url };
      const { md5: right } = published;
      const wrong = refusal(
        new RegExp(`^the published weights of squeezenet11 are not available: .* instead of ${right}`),
      );
      await assert.rejects(publishedWeights("squeezenet11", options), wrong);
      Deno.writeFileSync(join(cacheRoot, "weights", name), new Uint8Array(1000));
      await assert.rejects(publishedWeights("squeezenet11", options), wrong);
    })
  );
});

Deno.test("without a connection the error says where to put the file by hand", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  await withTemporaryFolder(async (cacheRoot) => {
    const fetchFrom = `http://127.0.0.1:${listener.addr.port}/`;
    await assert.rejects(
      publishedWeights("densenet121", { cacheRoot, fetchFrom }),
      refusal(
        /cannot be reached: .*\. Copy the file to .*weights\/densenet121_.*\.h5, or name one with --weights FILE\.h5\.$/,
      ),
    );
  });
});

Deno.test("an unwritable cache is reported in a one-line error", async () => {
  await withTemporaryFolder(async (folder) => {
    Deno.writeTextFileSync(join(folder, "file"), "");
    await assert.rejects(
      publishedWeights("densenet121", { cacheRoot: join(folder, "file") }),
      refusal(/^the published weights of densenet121 are not available: writing to .*file\/weights: /),
    );
  });
});
