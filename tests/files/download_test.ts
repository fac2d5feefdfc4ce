import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { HeadlightError } from "../../src/errors.ts";
import { download } from "../../src/files/download.ts";
import { CONNECT_TIMEOUT_MS } from "../../src/files/request.ts";
import { withTemporaryFolder } from "../support.ts";
import { withServer } from "./server.ts";

const CONTENT = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 31 + (index >> 8)) % 256);
const checksum = { algorithm: "sha256", hex: createHash("sha256").update(CONTENT).digest("hex") } as const;

/** Expects an error of one line with exit status 1. */
function refusal(line: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof HeadlightError, String(error));
    assert.match(error.message, line);
    assert.ok(!error.message.includes("\n"));
    assert.equal(error.exitStatus, 1);
    return true;
  };
}

Deno.test("a download is complete, with progress up to its size", async () => {
  await withTemporaryFolder((folder) =>
    withServer(CONTENT, {}, async ({ url }) => {
      const path = join(folder, "new", "file.npy");
      const seen: [number, number][] = [];
      await download(url, path, { checksum, onProgress: (done, total) => seen.push([done, total]) });
      assert.deepEqual(Deno.readFileSync(path), CONTENT);
      assert.ok(!existsSync(`${path}.part`));
      assert.deepEqual(seen[0], [0, CONTENT.length]);
      assert.deepEqual(seen.at(-1), [CONTENT.length, CONTENT.length]);
    })
  );
});

Deno.test("a download continues where its connection broke", async () => {
  await withTemporaryFolder((folder) =>
    withServer(CONTENT, { cutAfter: [70_000, 50_000] }, async ({ url, ranges }) => {
      await download(url, join(folder, "file.npy"), { checksum });
      assert.deepEqual(Deno.readFileSync(join(folder, "file.npy")), CONTENT);
      assert.deepEqual(ranges, [null, "bytes=70000-", "bytes=120000-"]);
    })
  );
});

Deno.test("a download continues what an earlier process left", async () => {
  await withTemporaryFolder((folder) =>
    withServer(CONTENT, {}, async ({ url, ranges }) => {
      Deno.writeFileSync(join(folder, "file.npy.part"), CONTENT.subarray(0, 1234));
      await download(url, join(folder, "file.npy"), { checksum, bytes: CONTENT.length });
      assert.deepEqual(Deno.readFileSync(join(folder, "file.npy")), CONTENT);
      assert.deepEqual(ranges, ["bytes=1234-"]);
    })
  );
});

Deno.test("a complete partial file is verified and not fetched again", async () => {
  await withTemporaryFolder((folder) =>
    withServer(CONTENT, {}, async ({ url, ranges }) => {
      Deno.writeFileSync(join(folder, "file.npy.part"), CONTENT);
      await download(url, join(folder, "file.npy"), { checksum, bytes: CONTENT.length });
      assert.deepEqual(ranges, []);
    })
  );
});

for (
  const [what, left, faults] of [
    ["a server without ranges", CONTENT.subarray(0, 999), { ignoreRange: true }],
    ["a server that has no such range (416)", CONTENT.subarray(0, 999), { statuses: [416] }],
    ["a server that sends another range", CONTENT.subarray(0, 999), { shiftRange: 7 }],
    ["a damaged partial file", new Uint8Array(999), {}],
    ["a partial file longer than the file", new Uint8Array(CONTENT.length + 1), {}],
  ] as const
) {
  Deno.test(`${what} leads to a download from the start`, async () => {
    await withTemporaryFolder((folder) =>
      withServer(CONTENT, faults, async ({ url }) => {
        Deno.writeFileSync(join(folder, "file.npy.part"), left);
        await download(url, join(folder, "file.npy"), { checksum });
        assert.deepEqual(Deno.readFileSync(join(folder, "file.npy")), CONTENT);
      })
    );
  });
}

Deno.test("a file other than the expected one is removed, and both hashes are named", async () => {
  await withTemporaryFolder((folder) =>
    withServer(CONTENT.map((byte) => byte ^ 1), {}, async ({ url }) => {
      const path = join(folder, "file.npy");
      await assert.rejects(
        download(url, path, { checksum }),
        refusal(new RegExp(`^file.npy .* sha256 [0-9a-f]{64} instead of ${checksum.hex}`)),
      );
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    })
  );
});

Deno.test("a body longer than the file is not read to its end", async () => {
  await withTemporaryFolder((folder) =>
    withServer(new Uint8Array(50_000_000), {}, async ({ url }) => {
      let most = 0;
      const options = { checksum, bytes: 1000, onProgress: (done: number) => most = Math.max(most, done) };
      await assert.rejects(download(url, join(folder, "file.npy"), options), refusal(/not the expected file/));
      assert.ok(most < 10_000_000, `${most} bytes were taken`);
    })
  );
});

Deno.test("a body that ends early is kept, and the error says how many bytes there are", async () => {
  await withTemporaryFolder((folder) =>
    withServer(CONTENT.subarray(0, 5000), {}, async ({ url }) => {
      const path = join(folder, "file.npy");
      await assert.rejects(
        download(url, path, { checksum, bytes: CONTENT.length }),
        refusal(/^file.npy: (the connection was closed after 5,000 of 200,000 bytes|.*answered 416)/),
      );
      assert.ok(!existsSync(path));
    })
  );
});

Deno.test("a server that disconnects before the first byte is not asked forever", async () => {
  await withTemporaryFolder((folder) =>
    withServer(CONTENT, { cutAfter: [10, 0, 0, 0] }, async ({ url, ranges }) => {
      await assert.rejects(
        download(url, join(folder, "file.npy"), { checksum }),
        refusal(/^file.npy: the connection to .* was lost/),
      );
      assert.equal(ranges.length, 2);
      assert.equal(Deno.statSync(join(folder, "file.npy.part")).size, 10);
    })
  );
});

Deno.test("silence in the middle ends the download after the given time", async () => {
  await withTemporaryFolder((folder) =>
    withServer(CONTENT, { silentAfter: 0 }, async ({ url }) => {
      const path = join(folder, "file.npy");
      await assert.rejects(
        download(url, path, { checksum, stallTimeoutMs: 100 }),
        refusal(/^file.npy: 127.0.0.1:\d+ sent nothing for 0.1 s/),
      );
    })
  );
});

Deno.test("a server that accepts the connection and never answers is given up", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) connections.push(connection);
  })();
  await withTemporaryFolder(async (folder) => {
    const url = `http://127.0.0.1:${listener.addr.port}/file.npy`;
    await assert.rejects(
      download(url, join(folder, "file.npy"), { checksum, connectTimeoutMs: 100 }),
      refusal(/^file.npy: 127.0.0.1:\d+ did not answer within 0.1 s$/),
    );
  });
  for (const connection of connections) connection.close();
  listener.close();
  await accepting;
});

Deno.test("a port on which nobody listens is reported in one line", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await withTemporaryFolder(async (folder) => {
    await assert.rejects(
      download(`http://127.0.0.1:${port}/file.npy`, join(folder, "file.npy"), { checksum }),
      refusal(/^file.npy: 127.0.0.1:\d+ cannot be reached: .*refused/),
    );
  });
});

Deno.test("an HTTP error is reported with its status", async () => {
  await withTemporaryFolder((folder) =>
    withServer(CONTENT, { status: 503 }, async ({ url }) => {
      await assert.rejects(download(url, join(folder, "file.npy"), { checksum }), refusal(/answered 503 for http/));
    })
  );
});

for (const status of [403, 404, 429, 500, 503]) {
  Deno.test(`a ${status} in answer to a resumed download keeps the partial file, and the next call continues`, async () => {
    await withTemporaryFolder((folder) =>
      withServer(CONTENT, { statuses: [status] }, async ({ url, ranges }) => {
        const path = join(folder, "file.npy");
        Deno.writeFileSync(`${path}.part`, CONTENT.subarray(0, 150_000));
        await assert.rejects(
          download(url, path, { checksum, bytes: CONTENT.length }),
          refusal(new RegExp(`^file.npy: 127.0.0.1:\\d+ answered ${status} for http.*, after 150000 bytes`)),
        );
        assert.deepEqual(Deno.readFileSync(`${path}.part`), CONTENT.subarray(0, 150_000));
        await download(url, path, { checksum, bytes: CONTENT.length });
        assert.deepEqual(Deno.readFileSync(path), CONTENT);
        assert.deepEqual(ranges, ["bytes=150000-", "bytes=150000-"]);
      })
    );
  });
}

Deno.test("downloads give up connecting after 10 s by default", () => {
  assert.ok(CONNECT_TIMEOUT_MS <= 10_000, `${CONNECT_TIMEOUT_MS} ms`);
});
