/** Kills between the writes of one save: the checkpoint is there, but its links still point to older ones. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { swapSymlinkSync } from "../../../src/files/atomic.ts";
import { CheckpointStore } from "../../../src/run/checkpoints/checkpoint_store.ts";
import { newestCheckpoint } from "../../../src/run/checkpoints/newest_checkpoint.ts";
import { readCheckpoint } from "../../../src/run/checkpoints/read_checkpoint.ts";
import { Control } from "../../../src/training/control.ts";
import { bestFigures } from "../../../src/training/history.ts";
import { eagerSteps } from "../../../src/training/steps.ts";
import type { TrainingSnapshot } from "../../../src/training/snapshot.ts";
import { train } from "../../../src/training/train.ts";
import { tensorflowEngine } from "../../engine.ts";
import { withTemporaryFolder } from "../../support.ts";
import { MADE_UP, madeUpOptions, stepsSpec } from "../../training/made_up.ts";
import { PROVENANCE } from "./made_checkpoint.ts";

const { tf } = await tensorflowEngine();
const options = madeUpOptions({ epochs: 8 });
const { monitor, mode } = options.earlyStopping;

/** Trains, and saves every snapshot. `onSaved` may throw, as if the trainer were killed there. */
async function trainInto(
  folder: string,
  { restored = null, onSaved = () => {} }: {
    readonly restored?: ReturnType<typeof newestCheckpoint>["sound"];
    readonly onSaved?: (snapshot: TrainingSnapshot, kind: string) => void;
  } = {},
): Promise<void> {
  const store = new CheckpointStore(folder, PROVENANCE, restored?.stored);
  const events = train(
    eagerSteps(tf, stepsSpec(options)),
    MADE_UP,
    options,
    new Control(),
    restored?.snapshot ?? null,
  );
  for await (const event of events) {
    if (event.type !== "snapshot") continue;
    store.save(event.snapshot, event.kind);
    onSaved(event.snapshot, event.kind);
  }
}

class Killed extends Error {}

for (const links of [["best"], ["best", "last"]] as const) {
  Deno.test(`a trainer that was killed after it wrote the last improvement and before it moved ${links.join(" and ")}: the resumed run's best checkpoint is that of the unbroken run`, async () => {
    await withTemporaryFolder(async (folder) => {
      const [whole, cut] = ["whole", "cut"].map((name) => join(folder, name));
      assert.ok(whole && cut);
      await trainInto(whole);
      const expected = readCheckpoint(join(whole, "best")).manifest.epoch;
      let before: string | null = null;
      const dies = trainInto(cut, {
        onSaved: ({ epoch }, kind) => {
          const target = Deno.readLinkSync(join(cut, "best"));
          if (kind === "best" && epoch === expected) {
            assert.ok(before !== null && before !== target);
            for (const link of links) swapSymlinkSync(before, join(cut, link));
            throw new Killed();
          }
          before = target;
        },
      });
      await assert.rejects(dies, Killed);
      const { sound } = newestCheckpoint(cut);
      assert.equal(sound?.snapshot.epoch, expected);
      await trainInto(cut, { restored: sound });
      const { snapshot } = readCheckpoint(join(cut, "last"));
      assert.equal(bestFigures(snapshot.history, monitor, mode)?.epoch, expected);
      assert.equal(readCheckpoint(join(cut, "best")).manifest.epoch, expected);
      assert.deepEqual(readCheckpoint(join(cut, "best")).snapshot, readCheckpoint(join(whole, "best")).snapshot);
    });
  });
}

Deno.test("a resumed run keeps the checkpoint before the one that it goes on from until it has saved another", async () => {
  await withTemporaryFolder(async (folder) => {
    await trainInto(folder);
    const { sound } = newestCheckpoint(folder);
    assert.ok(sound);
    const store = new CheckpointStore(folder, PROVENANCE);
    const at = (epoch: number): TrainingSnapshot => ({ ...sound.snapshot, epoch, step: 0 });
    for (const epoch of [20, 21, 22]) store.save(at(epoch), "last");
    const resumed = newestCheckpoint(folder).sound;
    assert.equal(resumed?.name, "epoch-0022");
    const names = (): string[] => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    const before = names();
    assert.ok(before.includes("epoch-0021"));
    const next = new CheckpointStore(folder, PROVENANCE, resumed?.stored);
    next.save(at(22), "last");
    assert.deepEqual(names(), before);
    next.save(at(23), "last");
    assert.deepEqual(
      names(),
      before.map((name) => ({ "epoch-0021": "epoch-0022", "epoch-0022": "epoch-0023" })[name] ?? name),
    );
  });
});
