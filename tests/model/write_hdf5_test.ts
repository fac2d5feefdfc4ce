/** Tests that a file of weights is written whole on a disk that fills up, or the error says that the disk is full. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { bases } from "../../src/bases/bases.ts";
import { HeadlightError, TRY_AGAIN } from "../../src/errors.ts";
import { writeKerasArchive } from "../../src/export/keras/archive.ts";
import { diskProblem } from "../../src/files/room.ts";
import { openHdf5 } from "../../src/model/hdf5.ts";
import { readKerasWeights } from "../../src/model/keras_file.ts";
import { writeKerasWeights } from "../../src/model/write_keras_h5.ts";
import { CAN_MOUNT, MOUNTS, SmallDisk } from "../small_disk.ts";
import { needs, withTemporaryFolder } from "../support.ts";
import { formulaWeights } from "./formula_weights.ts";

const LAYERS = bases.squeezenet11.layers(64, "max");
const WEIGHTS = formulaWeights(LAYERS);
/** The size of the file with these weights, and room for a page or two. */
const ENOUGH = 3_000_000;

Deno.test({
  name: "a disk that fills up while weights are written is named as full, whatever had room: no damaged file, no dump" +
    needs(MOUNTS),
  ignore: !CAN_MOUNT,
  async fn() {
    await using disk = await SmallDisk.open(4);
    const path = join(disk.path, "weights.h5");
    const steps = [0, 1, 4096, 8192, 40_000, 400_000, ...[40, 30, 20, 12, 8, 4].map((kilo) => 2_960_000 - kilo * 1000)];
    for (const left of [...steps, ENOUGH]) {
      disk.fill(left);
      const error = await writeKerasWeights(path, WEIGHTS).then(() => null, (error: unknown) => error);
      if (error === null) {
        assert.equal((await readKerasWeights(path, LAYERS)).length, WEIGHTS.length);
        Deno.removeSync(path);
      } else {
        assert.equal(diskProblem(error), "full", `${left} bytes: ${error}`);
        assert.notEqual(left, ENOUGH);
      }
      assert.deepEqual([...Deno.readDirSync(disk.path)].map(({ name }) => name), ["filler"]);
      disk.free();
    }
  },
});

Deno.test({
  name: "an export for Keras whose temporary folder is full names that folder, with exit status 75" + needs(MOUNTS),
  ignore: !CAN_MOUNT,
  fn: () =>
    withTemporaryFolder(async (folder) => {
      await using disk = await SmallDisk.open(4);
      const before = Deno.env.get("TMPDIR");
      try {
        Deno.env.set("TMPDIR", disk.path);
        disk.fill(40_000);
        const groups = new Map(WEIGHTS.map(({ name }) => [name, name]));
        await assert.rejects(
          writeKerasArchive(join(folder, "model.keras"), {}, { json: {}, groups }, WEIGHTS),
          (error) => {
            assert.ok(error instanceof HeadlightError, String(error));
            assert.match(
              error.message,
              /^writing to the temporary folder \S+ \(TMPDIR\): No space left on device\. Free some disk space$/,
            );
            assert.equal(error.exitStatus, TRY_AGAIN);
            return true;
          },
        );
        assert.deepEqual([...Deno.readDirSync(disk.path)].map(({ name }) => name), ["filler"]);
      } finally {
        if (before === undefined) Deno.env.delete("TMPDIR");
        else Deno.env.set("TMPDIR", before);
      }
    }),
});

Deno.test("a file of weights that is not there, or may not be read, is not called damaged", () =>
  withTemporaryFolder(async (folder) => {
    await assert.rejects(
      openHdf5(join(folder, "none.h5")),
      /none\.h5: the file cannot be read: No such file or directory$/,
    );
  }));
