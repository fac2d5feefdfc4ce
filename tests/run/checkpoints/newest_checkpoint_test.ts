/** Which checkpoint a run goes on from, whatever has happened to its folder. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { newestCheckpoint } from "../../../src/run/checkpoints/newest_checkpoint.ts";
import { CheckpointStore } from "../../../src/run/checkpoints/checkpoint_store.ts";
import { checkpointFiles } from "../../../src/run/checkpoints/checkpoint_format.ts";
import { manifestText } from "../../../src/run/checkpoints/manifest.ts";
import { sweepAsides } from "../../../src/files/atomic.ts";
import { folderSize } from "../../../src/files/folder_size.ts";
import { bytesFlipped, cuts, type Damaged, places } from "../../damage.ts";
import { withTemporaryFolder } from "../../support.ts";
import { madeUpHead } from "../../training/made_up.ts";
import { LAYERS, madeHistory, madeSnapshot, PROVENANCE } from "./made_checkpoint.ts";

/** Saves checkpoints of these places, and returns the store. */
function saved(
  folder: string,
  places: readonly (readonly [epoch: number, step: number])[],
  kind: "last" | "manual" = "manual",
): CheckpointStore {
  const store = new CheckpointStore(folder, PROVENANCE);
  for (const [epoch, step] of places) store.save({ ...madeSnapshot(LAYERS), epoch, step }, kind);
  return store;
}

function newest(folder: string): string | null {
  return newestCheckpoint(folder).sound?.name ?? null;
}

Deno.test("a kill between two files of a checkpoint: the unfinished folder is never taken, and swept later", async () => {
  await withTemporaryFolder((folder) => {
    saved(folder, [[3, 0]], "last");
    const files = Object.entries(checkpointFiles({ ...madeSnapshot(LAYERS), epoch: 4 }));
    const manifest = manifestText(PROVENANCE, { epoch: 4, step: 0 }, Object.fromEntries(files));
    const all = [...files, ["manifest.json", new TextEncoder().encode(manifest)] as const];
    // No process has this number, as if the trainer had been killed.
    const aside = join(folder, ".epoch-0004.4194305-0.aside");
    for (let written = 0; written <= all.length; written++) {
      Deno.mkdirSync(aside);
      for (const [name, content] of all.slice(0, written)) Deno.writeFileSync(join(aside, name), content);
      assert.equal(newest(folder), "epoch-0003", `after ${written} files`);
      assert.deepEqual(newestCheckpoint(folder).damaged, []);
      assert.deepEqual(sweepAsides(folder), [".epoch-0004.4194305-0.aside"]);
    }
  });
});

Deno.test("a kill between the checkpoint and its link: the checkpoint without a link is taken", async () => {
  await withTemporaryFolder((folder) => {
    saved(folder, [[3, 0]], "last");
    const other = join(folder, "other");
    saved(other, [[4, 2]], "last");
    Deno.renameSync(join(other, "epoch-0004-step-0002"), join(folder, "epoch-0004-step-0002"));
    Deno.removeSync(other, { recursive: true });
    assert.equal(Deno.readLinkSync(join(folder, "last")), "epoch-0003");
    assert.equal(newest(folder), "epoch-0004-step-0002");
    Deno.removeSync(join(folder, "last"));
    assert.equal(newest(folder), "epoch-0004-step-0002");
  });
});

Deno.test("the newest is the one with the most steps, as numbers and not as text, and of two attempts the later", async () => {
  await withTemporaryFolder((folder) => {
    const order = [[9, 0], [9, 900], [9, 12345], [10, 0], [9999, 0], [10000, 0], [10000, 1]] as const;
    for (const [index, place] of order.entries()) {
      saved(folder, [place]);
      const [epoch, step] = place;
      assert.deepEqual([newestCheckpoint(folder).sound?.stored.epoch, newestCheckpoint(folder).sound?.stored.step], [
        epoch,
        step,
      ], `${index}`);
    }
    saved(folder, [[10000, 1]]);
    assert.equal(newest(folder), "epoch-10000-step-0001-2");
    for (let attempt = 3; attempt <= 11; attempt++) saved(folder, [[10000, 1]]);
    assert.equal(newest(folder), "epoch-10000-step-0001-11");
  });
});

Deno.test("the checkpoint that a run goes on from has the size that was said when it was saved", async () => {
  await withTemporaryFolder((folder) => {
    const { bytes } = new CheckpointStore(folder, PROVENANCE).save({ ...madeSnapshot(LAYERS), epoch: 3 }, "manual");
    assert.equal(newestCheckpoint(folder).sound?.stored.bytes, bytes);
    assert.equal(folderSize(join(folder, "epoch-0003")), bytes);
  });
});

Deno.test("the room that a checkpoint or final weights need is the size of all their files", async () => {
  await withTemporaryFolder((folder) => {
    const store = new CheckpointStore(folder, PROVENANCE);
    const snapshot = { ...madeSnapshot(LAYERS), epoch: 3 };
    assert.equal(store.bytesOf(snapshot), store.save(snapshot, "last").bytes);
    const network = { layers: snapshot.layers, weights: snapshot.weights, epoch: 2 };
    const final = join(folder, "final");
    store.saveFinal(network, final);
    assert.equal(store.finalBytes(network), folderSize(final));
  });
});

Deno.test("file times do not count: not after the clock jumped, and not after the folder was copied", async () => {
  await withTemporaryFolder(async (folder) => {
    const original = join(folder, "original");
    saved(original, [[2, 0], [3, 0], [3, 4]]);
    const touch = async (name: string, date: string) => {
      const { success } = await new Deno.Command("touch", { args: ["-d", date, join(original, name)] }).output();
      assert.ok(success);
    };
    await touch("epoch-0002", "2040-01-01");
    await touch("epoch-0003", "2030-01-01");
    await touch("epoch-0003-step-0004", "1999-01-01");
    assert.equal(newest(original), "epoch-0003-step-0004");
    const copy = join(folder, "copy");
    assert.ok((await new Deno.Command("cp", { args: ["-r", original, copy] }).output()).success);
    assert.equal(newest(copy), "epoch-0003-step-0004");
  });
});

Deno.test("a copy without links, or whose links were replaced by folders, has the same newest checkpoint", async () => {
  await withTemporaryFolder(async (folder) => {
    const original = join(folder, "original");
    saved(original, [[2, 0], [3, 0]], "last");
    const copy = join(folder, "copy");
    // As object stores and some file systems copy links: with what they point to.
    assert.ok((await new Deno.Command("cp", { args: ["-rL", original, copy] }).output()).success);
    assert.equal(newest(copy), "epoch-0003");
    const store = new CheckpointStore(copy, PROVENANCE, newestCheckpoint(copy).sound?.stored ?? null);
    store.save({ ...madeSnapshot(LAYERS), epoch: 4 }, "best");
    assert.equal(newest(copy), "epoch-0004");
    for (const link of ["last", "best"]) assert.equal(Deno.readLinkSync(join(copy, link)), "epoch-0004");
    for (const link of ["last", "best"]) Deno.removeSync(join(copy, link));
    assert.equal(newest(copy), "epoch-0004");
  });
});

Deno.test("two last checkpoints are kept, so that the one before is there if the newest is damaged", async () => {
  await withTemporaryFolder((folder) => {
    const store = saved(folder, [[1, 0], [1, 2], [2, 0]], "last");
    Deno.truncateSync(join(folder, "epoch-0002", "weights.bin"), 10);
    const { sound, damaged } = newestCheckpoint(folder);
    assert.equal(sound?.name, "epoch-0001-step-0002");
    assert.deepEqual(damaged.map(({ name }) => name), ["epoch-0002"]);
    assert.match(damaged[0]?.problem ?? "", /epoch-0002\/weights\.bin was damaged or edited/);
    store.save({ ...madeSnapshot(LAYERS), epoch: 2, step: 1 }, "last");
    assert.equal(newest(folder), "epoch-0002-step-0001");
  });
});

Deno.test("after a resume the checkpoint that was restored is kept until a second one is there", async () => {
  await withTemporaryFolder((folder) => {
    saved(folder, [[1, 0], [2, 0]], "last");
    const { sound } = newestCheckpoint(folder);
    const store = new CheckpointStore(folder, PROVENANCE, sound?.stored ?? null);
    store.save({ ...madeSnapshot(LAYERS), epoch: 2, step: 3 }, "last");
    Deno.removeSync(join(folder, "epoch-0002-step-0003", "state.json"));
    assert.equal(newest(folder), "epoch-0002");
  });
});

Deno.test("the state.json of another checkpoint is refused, even with a seal and digests of its own", async () => {
  await withTemporaryFolder((folder) => {
    saved(folder, [[2, 0], [3, 0], [3, 1]]);
    const [two, three] = ["epoch-0002", "epoch-0003"].map((name) => join(folder, name, "state.json"));
    assert.ok(two && three);
    Deno.copyFileSync(two, three);
    Deno.removeSync(join(folder, "epoch-0003-step-0001"), { recursive: true });
    const copied = newestCheckpoint(folder);
    assert.equal(copied.sound?.name, "epoch-0002");
    assert.match(copied.damaged[0]?.problem ?? "", /epoch-0003\/state\.json was damaged or edited/);
    // Sealed again, as a faulty program would write it.
    const files = checkpointFiles({ ...madeSnapshot(LAYERS), epoch: 2 });
    const sealed = manifestText(PROVENANCE, { epoch: 3, step: 0 }, files);
    Deno.writeTextFileSync(join(folder, "epoch-0003", "manifest.json"), sealed);
    const resealed = newestCheckpoint(folder);
    assert.equal(resealed.sound?.name, "epoch-0002");
    assert.match(resealed.damaged[0]?.problem ?? "", /epoch-0003: its state\.json is of another place/);
    // A folder that was renamed is of another place too.
    Deno.renameSync(join(folder, "epoch-0002"), join(folder, "epoch-0007"));
    const renamed = newestCheckpoint(folder);
    assert.equal(renamed.sound, null);
    assert.match(renamed.damaged[0]?.problem ?? "", /epoch-0007/);
  });
});

Deno.test("a folder without checkpoints has none, and files and other folders in it are not taken for one", async () => {
  await withTemporaryFolder((folder) => {
    assert.equal(newest(join(folder, "missing")), null);
    Deno.writeTextFileSync(join(folder, "epoch-0009"), "a file");
    Deno.mkdirSync(join(folder, "epoch-0003 (copy)"));
    Deno.mkdirSync(join(folder, "epoch-12.bak"));
    Deno.symlinkSync("/nowhere", join(folder, "epoch-0008"));
    assert.deepEqual(newestCheckpoint(folder), { sound: null, damaged: [] });
  });
});

/** How often each file is cut, and how often one of its bytes is flipped. */
const TRIES = 500;

Deno.test("every file of a checkpoint cut at 500 offsets and flipped at 500: the one before is used, and the damaged one named", async () => {
  await withTemporaryFolder((folder) => {
    const layers = madeUpHead(4, { hidden: 3, classes: 2 });
    const store = new CheckpointStore(folder, PROVENANCE);
    const before = { ...madeSnapshot(layers), epoch: 1 };
    store.save(before, "last");
    store.save({ ...madeSnapshot(layers), epoch: 2, history: madeHistory(20) }, "last");
    for (const name of ["manifest.json", "model.json", "weights.bin", "state.json", "optimizer.bin", "history.bin"]) {
      const path = join(folder, "epoch-0002", name);
      const content = Deno.readFileSync(path);
      const tried = (damages: Iterable<Damaged>): number => {
        let count = 0;
        for (const { what, bytes } of damages) {
          Deno.writeFileSync(path, bytes);
          const { sound, damaged } = newestCheckpoint(folder);
          assert.equal(sound?.name, "epoch-0001", `${name}, ${what}`);
          assert.deepEqual(damaged.map((one) => one.name), ["epoch-0002"], `${name}, ${what}`);
          const problem = damaged[0]?.problem ?? "";
          assert.ok(problem.includes(path) && !problem.includes("\n") && problem.length < 500, problem);
          count++;
        }
        return count;
      };
      const cut = tried(cuts(content, TRIES));
      const flipped = tried(bytesFlipped(content, places(content.length, TRIES)));
      Deno.writeFileSync(path, content);
      console.log(`  ${name}: ${cut} cuts, ${flipped} flips of ${content.length} bytes`);
      assert.equal(newest(folder), "epoch-0002");
    }
    assert.deepEqual(newestCheckpoint(folder).sound?.snapshot.weights, before.weights);
  });
});
