import assert from "node:assert/strict";
import { join } from "node:path";
import { dollarstreetFolder, downloadDollarstreet } from "../../src/data/dollarstreet.ts";
import type { SetupProgress } from "../../src/engine/engine.ts";
import { HeadlightError } from "../../src/errors.ts";
import { startScript } from "../files/child.ts";
import { withTemporaryFolder } from "../support.ts";
import { FILES, withZenodo } from "./zenodo.ts";

const TOTAL = [...FILES.values()].reduce((sum, content) => sum + content.length, 0);

function assertComplete(folder: string): void {
  for (const [name, content] of FILES) {
    assert.deepEqual(Deno.readFileSync(join(folder, name)), Uint8Array.from(content));
  }
  const left = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => !name.startsWith("."));
  assert.deepEqual(left.sort(), [...FILES.keys()].sort());
}

function refusal(line: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof HeadlightError, String(error));
    assert.match(error.message, line);
    assert.equal(error.exitStatus, 1);
    return !error.message.includes("\n");
  };
}

Deno.test("the record's four files are downloaded with progress over all of them", async () => {
  await withTemporaryFolder((parent) =>
    withZenodo(async ({ recordUrl }) => {
      const folder = join(parent, "dataset_dollarstreet");
      const seen: SetupProgress[] = [];
      assert.equal(dollarstreetFolder(folder), null);
      assert.equal(
        await downloadDollarstreet({ folder, recordUrl, onProgress: (progress) => seen.push(progress) }),
        folder,
      );
      assert.equal(dollarstreetFolder(folder), folder);
      assertComplete(folder);
      assert.deepEqual(seen.at(-1), {
        label: "downloading Dollar Street 10",
        done: TOTAL,
        total: TOTAL,
        unit: "bytes",
      });
      assert.ok(seen.every(({ done }, index) => done >= (seen[index - 1]?.done ?? 0)), "progress never goes back");
    })
  );
});

Deno.test("a download that was killed halfway continues where it stopped", async () => {
  await withTemporaryFolder((folder) =>
    withZenodo(async (zenodo) => {
      zenodo.stalling = true;
      const child = await startScript("data/download_child.ts", folder, zenodo.recordUrl);
      await child.kill();
      assert.equal(dollarstreetFolder(folder), null);
      const half = (FILES.get("train_images.npy")?.length ?? 0) >> 1;
      assert.equal(Deno.statSync(join(folder, "train_images.npy.part")).size, half);
      zenodo.stalling = false;
      zenodo.requests.length = 0;
      await downloadDollarstreet({ folder, recordUrl: zenodo.recordUrl });
      assertComplete(folder);
      assert.equal(zenodo.requests[0], `train_images.npy bytes=${half}-`);
    })
  );
});

Deno.test("two downloads at once fetch every file once", async () => {
  await withTemporaryFolder((folder) =>
    withZenodo(async ({ recordUrl, requests }) => {
      const labels: string[] = [];
      await Promise.all([
        downloadDollarstreet({ folder, recordUrl }),
        downloadDollarstreet({ folder, recordUrl, onProgress: ({ label }) => labels.push(label) }),
      ]);
      assertComplete(folder);
      assert.equal(requests.length, 4);
      assert.match(labels[0] ?? "", /waiting for another run/);
    })
  );
});

Deno.test("existing files are kept if they are the published ones", async () => {
  await withTemporaryFolder((folder) =>
    withZenodo(async ({ recordUrl, requests }) => {
      Deno.writeFileSync(join(folder, "test_labels.npy"), FILES.get("test_labels.npy") ?? new Uint8Array(0));
      await downloadDollarstreet({ folder, recordUrl });
      assert.equal(requests.length, 3);
      Deno.removeSync(join(folder, "train_labels.npy"));
      Deno.writeTextFileSync(join(folder, "test_labels.npy"), "mine");
      await assert.rejects(
        downloadDollarstreet({ folder, recordUrl }),
        refusal(/test_labels\.npy is not the published file \(md5 .* instead of .*\)\. Move it out of the folder/),
      );
      assert.equal(Deno.readTextFileSync(join(folder, "test_labels.npy")), "mine");
    })
  );
});

Deno.test("a file whose checksum differs from the record's never gets its final name", async () => {
  await withTemporaryFolder((folder) =>
    withZenodo(
      async ({ recordUrl }) => {
        await assert.rejects(
          downloadDollarstreet({ folder, recordUrl }),
          refusal(/^test_labels\.npy from .* is not the expected file: md5 .* instead of 0{32}/),
        );
        assert.equal(dollarstreetFolder(folder), null);
      },
      ({ files }) => ({
        files: files.map((file) =>
          file["key"] === "test_labels.npy" ? { ...file, checksum: `md5:${"0".repeat(32)}` } : file
        ),
      }),
    )
  );
});

for (
  const [what, edit, line] of [
    ["lacks a file", ({ files }) => ({ files: files.slice(1) }), /has no train_images\.npy\. It has train_labels\.npy/],
    ["is not a record", () => ({ message: "moved" }), /is not a Zenodo record with files and MD5 checksums/],
    [
      "has a link that is not http or https",
      ({ files }) => ({ files: files.map((file) => ({ ...file, links: { self: "file:///etc/passwd" } })) }),
      /is not a Zenodo record/,
    ],
  ] satisfies [string, (record: { files: Record<string, unknown>[] }) => unknown, RegExp][]
) {
  Deno.test(`an answer that ${what} is refused`, async () => {
    await withTemporaryFolder((folder) =>
      withZenodo(async ({ recordUrl }) => {
        await assert.rejects(downloadDollarstreet({ folder, recordUrl }), refusal(line));
      }, edit)
    );
  });
}

Deno.test("a folder that cannot be written to is reported in one line", async () => {
  await withTemporaryFolder(async (folder) => {
    Deno.writeTextFileSync(join(folder, "file"), "");
    await assert.rejects(
      downloadDollarstreet({ folder: join(folder, "file", "set") }),
      refusal(/^writing to .*file\/set: /),
    );
  });
});
