import assert from "node:assert/strict";
import { join } from "node:path";
import { DEMO_SEED } from "../../src/data/demo/demo.ts";
import { dataSourceSchema, obtainData, openDataSource, resolveDataOption } from "../../src/data/open.ts";
import { HeadlightError } from "../../src/errors.ts";
import { withTemporaryFolder } from "../support.ts";
import { smallArrays, writeSet } from "./arrays/made_npy.ts";
import { withZenodo } from "./zenodo.ts";

const OPTIONS = { validation_split: 0.25, seed: 2, resize: "bilinear" } as const;
const DEMO = { kind: "demo", seed: DEMO_SEED } as const;

/** Returns the URL of a record on a port on which nobody listens. */
function unreachable(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return `http://127.0.0.1:${listener.addr.port}/api/records/1`;
}

Deno.test("--data demo is the demo set, whether or not the lesson's set exists", () => {
  assert.deepEqual(resolveDataOption({ ...OPTIONS, data: "demo" }, "/nowhere"), { kind: "ready", source: DEMO });
});

for (const [data, explicit] of [[undefined, false], ["dollarstreet", true]] as const) {
  Deno.test(`--data ${data ?? "not given"} uses the lesson's set if it exists, otherwise its download`, async () => {
    await withTemporaryFolder((folder) => {
      assert.deepEqual(resolveDataOption({ ...OPTIONS, data }, folder), { kind: "download", explicit });
      writeSet(folder, smallArrays());
      const source = { kind: "npy", folder, name: "dollarstreet" };
      assert.deepEqual(resolveDataOption({ ...OPTIONS, data }, folder), { kind: "ready", source });
      Deno.removeSync(join(folder, "test_labels.npy"));
      assert.deepEqual(resolveDataOption({ ...OPTIONS, data }, folder), { kind: "download", explicit });
    });
  });
}

Deno.test("a folder given by the person is used under its own name, and another process can open it from plain data", async () => {
  await withTemporaryFolder(async (parent) => {
    const folder = join(parent, "my set");
    Deno.mkdirSync(folder);
    writeSet(folder, smallArrays());
    const resolution = resolveDataOption({ ...OPTIONS, data: `${folder}/` });
    assert.ok(resolution.kind === "ready");
    assert.deepEqual(resolution.source, { kind: "npy", folder, name: "my set" });
    const again = dataSourceSchema.parse(JSON.parse(JSON.stringify(resolution.source)));
    assert.equal((await openDataSource(again, 160)).train.count, 6);
    assert.equal((await openDataSource(DEMO, 160)).train.count, 878);
  });
});

Deno.test("an unusable folder is refused with a suggestion, exit status 2", async () => {
  await withTemporaryFolder((folder) => {
    const at = (...parts: string[]) => join(folder, ...parts);
    for (const name of ["whole", "lacking", "images/train/cat", "empty"]) {
      Deno.mkdirSync(at(name), { recursive: true });
    }
    Deno.symlinkSync(at("unmounted"), at("link"));
    writeSet(at("whole"), smallArrays());
    writeSet(at("lacking"), smallArrays());
    Deno.renameSync(at("lacking", "test_labels.npy"), at("lacking", "test_label.npy"));
    Deno.writeTextFileSync(at("images/train/cat/1.JPG"), "");
    Deno.writeTextFileSync(at("archive.ZIP"), "");
    const cases: readonly [string, RegExp][] = [
      [at("whol"), /^--data .*whol: there is no such folder, did you mean .*\/whole\?$/],
      [at("dolarstreet"), /there is no such folder, did you mean dollarstreet\?$/],
      [at("nothing like it"), /there is no such folder$/],
      [
        at("whole", "train_images.npy"),
        /train_images\.npy is a file, not a folder\. Name a folder that contains a folder of images for each class, or train_images\.npy, /,
      ],
      [at("archive.ZIP"), /archive\.ZIP is a file, not a folder\. Unpack it and name the unpacked folder$/],
      [at("link"), /--data .*\/link is a broken link\. Mount or restore its target$/],
      [at("lacking"), /test_labels\.npy does not exist, did you mean test_label\.npy\?$/],
      [folder, /the four \.npy files are in its folder whole\. Use --data .*\/whole$/],
      [
        at("images", "train", "cat"),
        /: 1 image is not in a class folder but directly in this folder\. Make .*, for example cat\/1\.JPG, dog\/2\.jpg$/,
      ],
      [at("empty"), /the folder must contain folders of images named after their classes, or train_images\.npy, /],
    ];
    for (const [data, line] of cases) {
      assert.throws(() => resolveDataOption({ ...OPTIONS, data }), (error) => {
        assert.ok(error instanceof HeadlightError, String(error));
        assert.match(error.message, line);
        return error.exitStatus === 2;
      });
    }
  });
});

Deno.test("bad input: --resize antialias without image files is refused, exit status 2", () => {
  assert.throws(() => resolveDataOption({ ...OPTIONS, data: "demo", resize: "antialias" }), (error) => {
    assert.ok(error instanceof HeadlightError && error.exitStatus === 2);
    assert.match(error.message, /^--resize antialias requires image files, .*\. Remove --resize$/);
    return true;
  });
});

Deno.test("a data set that exists is used without a notice", async () => {
  assert.deepEqual(await obtainData({ kind: "ready", source: DEMO }), { source: DEMO, notice: null });
});

Deno.test("the lesson's set is downloaded if it is missing", async () => {
  await withTemporaryFolder((folder) =>
    withZenodo(async ({ recordUrl }) => {
      const obtained = await obtainData({ kind: "download", explicit: false }, { folder, recordUrl });
      assert.deepEqual(obtained, { source: { kind: "npy", folder, name: "dollarstreet" }, notice: null });
    })
  );
});

Deno.test("if the download fails, the demo set is used, and a notice has the reason and the remedy", async () => {
  await withTemporaryFolder(async (folder) => {
    const { source, notice } = await obtainData({ kind: "download", explicit: false }, {
      folder,
      recordUrl: unreachable(),
    });
    assert.deepEqual(source, DEMO);
    assert.match(
      notice ?? "",
      /^DEMO DATA, not Dollar Street 10, which cannot be downloaded \(127\.0\.0\.1:\d+ cannot/,
    );
    assert.ok(notice?.includes(`Put the four .npy files from https://zenodo.org/records/10970014 into ${folder}`));
  });
});

Deno.test("the lesson's set requested by name is used or gives an error, exit status 1", async () => {
  await withTemporaryFolder(async (folder) => {
    await assert.rejects(
      obtainData({ kind: "download", explicit: true }, { folder, recordUrl: unreachable() }),
      (error) => {
        assert.ok(error instanceof HeadlightError);
        assert.match(error.message, /^Dollar Street 10 cannot be downloaded: .*\. Put the four .* or use --data demo$/);
        return error.exitStatus === 1;
      },
    );
  });
});
