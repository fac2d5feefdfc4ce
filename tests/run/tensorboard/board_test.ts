/** The files for TensorBoard as Headlight writes and continues them. What TensorBoard reads is in read_board_test.ts. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Figures, History } from "../../../src/training/history.ts";
import { EMPTY_HISTORY, withEpoch } from "../../../src/training/history.ts";
import { Board } from "../../../src/run/tensorboard/board.ts";
import { confusionSvg } from "../../../src/run/tensorboard/confusion_picture.ts";
import { decodeEvent } from "../../../src/run/tensorboard/messages.ts";
import { readRecords } from "../../../src/run/tensorboard/records.ts";
import { CAN_MOUNT, MOUNTS, SmallDisk } from "../../small_disk.ts";
import { needs, withTemporaryFolder } from "../../support.ts";

/** The batches of an epoch. */
const BATCHES = 3;
const NO_PROGRESS = { epochs: 0, batches: 0 };

function figuresOf(epoch: number): Figures {
  const part = 1 / epoch;
  return {
    ...{ loss: part, accuracy: 1 - part, val_loss: 2 * part, val_accuracy: 0.5 },
    ...{ val_balanced_accuracy: 0.25, val_macro_f1: 0.125 },
  };
}

function historyOf(epochs: number): History {
  return Array.from({ length: epochs }, (_, index) => figuresOf(index + 1)).reduce(withEpoch, EMPTY_HISTORY);
}

interface Made {
  readonly board: Board;
  readonly notices: string[];
}

function boardIn(folder: string, nowMs?: () => number): Made {
  const notices: string[] = [];
  const board = new Board({
    ...{ folder, run: folder, configuration: { epochs: 9 }, classes: ["a", "b"] },
    notice: (text) => notices.push(text),
    ...(nowMs ? { nowMs } : {}),
  });
  return { board, notices };
}

/** Trains from one place to another, without a picture. */
function train(board: Board, from: number, to: number, batchesOfTheNext = 0): void {
  for (let epoch = from + 1; epoch <= to; epoch++) {
    for (let batch = 0; batch < BATCHES; batch++) board.batch({ loss: epoch, accuracy: 0.5 });
    board.epoch(epoch, figuresOf(epoch), 0.001);
  }
  for (let batch = 0; batch < batchesOfTheNext; batch++) board.batch({ loss: 9, accuracy: 0.5 });
  board.flush();
}

/** Returns the steps of a tag in all files of a part, in the order of TensorBoard. */
function stepsOf(folder: string, part: string, tag: string): number[] {
  const path = join(folder, part);
  const names = [...Deno.readDirSync(path)].map(({ name }) => name).filter((name) => name.includes("tfevents")).sort();
  return names.flatMap((name) => {
    using file = Deno.openSync(join(path, name));
    return [...readRecords(file)].map(({ data }) => decodeEvent(data)).filter(({ tags }) => tags.includes(tag))
      .map(({ step }) => step);
  });
}

function upTo(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, index) => index + first);
}

Deno.test("epochs are numbered from 0 and batches from 1, as in Keras, and each epoch is in the file at its end", async () => {
  await withTemporaryFolder((folder) => {
    const { board } = boardIn(folder);
    board.begin(NO_PROGRESS, EMPTY_HISTORY);
    for (let epoch = 1; epoch <= 3; epoch++) {
      train(board, epoch - 1, epoch);
      assert.deepEqual(stepsOf(folder, "train", "epoch_loss"), upTo(epoch));
      assert.deepEqual(stepsOf(folder, "train", "batch_accuracy"), upTo(epoch * BATCHES, 1));
      assert.deepEqual(stepsOf(folder, "validation", "epoch_macro_f1"), upTo(epoch));
      assert.deepEqual(
        stepsOf(folder, "validation", "evaluation_loss_vs_iterations"),
        upTo(epoch, 1).map((epoch) => epoch * BATCHES),
      );
    }
  });
});

for (
  const { at, epochs, batches } of [
    { at: "the end of an epoch", epochs: 3, batches: 9 },
    { at: "the middle of an epoch", epochs: 4, batches: 13 },
    { at: "the last batch that was written", epochs: 5, batches: 17 },
    { at: "the beginning", epochs: 0, batches: 0 },
  ]
) {
  Deno.test(`a run that goes on from ${at}, three times, has each epoch and each batch once`, async () => {
    await withTemporaryFolder((folder) => {
      const first = boardIn(folder);
      first.board.begin(NO_PROGRESS, EMPTY_HISTORY);
      train(first.board, 0, 5, 2);
      for (let times = 0; times < 3; times++) {
        // Within the same second, so that the names must differ by themselves.
        const { board, notices } = boardIn(folder);
        board.begin({ epochs, batches }, historyOf(epochs));
        for (let batch = batches; batch < (epochs + 1) * BATCHES; batch++) board.batch({ loss: 1, accuracy: 1 });
        board.epoch(epochs + 1, figuresOf(epochs + 1), 0.001);
        train(board, epochs + 1, 7, 1);
        assert.deepEqual(stepsOf(folder, "train", "epoch_loss"), upTo(7));
        assert.deepEqual(stepsOf(folder, "train", "batch_loss"), upTo(22, 1));
        assert.deepEqual(stepsOf(folder, "validation", "epoch_loss"), upTo(7));
        const configurations = stepsOf(folder, "train", "configuration");
        assert.deepEqual(configurations, batches === 0 ? [0] : [0, batches]);
        assert.deepEqual(notices, []);
      }
    });
  });
}

Deno.test("a torn event at the end of a file is cut off, and the epochs that it lost are added from the history", async () => {
  await withTemporaryFolder((folder) => {
    const { board } = boardIn(folder);
    board.begin(NO_PROGRESS, EMPTY_HISTORY);
    train(board, 0, 5);
    for (const part of ["train", "validation"]) {
      const [file] = [...Deno.readDirSync(join(folder, part))];
      const path = join(folder, part, file?.name ?? "");
      Deno.truncateSync(path, Deno.statSync(path).size - 5);
    }
    const next = boardIn(folder).board;
    next.begin({ epochs: 5, batches: 15 }, historyOf(5));
    train(next, 5, 6);
    assert.deepEqual(stepsOf(folder, "train", "epoch_loss"), upTo(6));
    assert.deepEqual(stepsOf(folder, "validation", "epoch_loss"), upTo(6));
  });
});

Deno.test("a run that has no files yet when it goes on gets its earlier epochs", async () => {
  await withTemporaryFolder((folder) => {
    const { board } = boardIn(join(folder, "new"));
    board.begin({ epochs: 4, batches: 12 }, historyOf(4));
    train(board, 4, 5);
    assert.deepEqual(stepsOf(join(folder, "new"), "train", "epoch_accuracy"), upTo(5));
    assert.deepEqual(stepsOf(join(folder, "new"), "train", "batch_loss"), upTo(3, 13));
  });
});

Deno.test("files of other programs in the folder are left as they are", async () => {
  await withTemporaryFolder((folder) => {
    Deno.mkdirSync(join(folder, "train"));
    const other = join(folder, "train", "events.out.tfevents.1795879085.vm.1.0.v2");
    Deno.writeTextFileSync(other, "not to be cut");
    const { board, notices } = boardIn(folder);
    board.begin(NO_PROGRESS, EMPTY_HISTORY);
    assert.equal(Deno.readTextFileSync(other), "not to be cut");
    assert.deepEqual(notices, []);
  });
});

Deno.test("a folder that vanishes is not made again, with one notice", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "board");
    const { board, notices } = boardIn(path);
    board.begin(NO_PROGRESS, EMPTY_HISTORY);
    train(board, 0, 1);
    Deno.removeSync(path, { recursive: true });
    train(board, 1, 9);
    assert.deepEqual(notices, [
      `The files for TensorBoard in ${path} cannot be written (No such file or directory). The run goes on without them.`,
    ]);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test({
  name: "what a full disk refuses is written when there is room, with one notice" + (CAN_MOUNT ? "" : needs(MOUNTS)),
  ignore: !CAN_MOUNT,
  fn: async () => {
    await using disk = await SmallDisk.open(1);
    const { board, notices } = boardIn(join(disk.path, "board"));
    board.begin(NO_PROGRESS, EMPTY_HISTORY);
    train(board, 0, 1);
    disk.fill();
    train(board, 1, 40);
    disk.free();
    train(board, 40, 41);
    assert.equal(notices.length, 1);
    assert.match(
      notices[0] ?? "",
      /cannot be written \(No space left on device\)\. They are written when there is room\.$/,
    );
    const folder = join(disk.path, "board");
    assert.deepEqual(stepsOf(folder, "train", "batch_loss"), upTo(41 * BATCHES, 1));
    assert.deepEqual(stepsOf(folder, "validation", "epoch_loss"), upTo(41));
  },
});

Deno.test("the picture comes with the last epoch, and not more often than every ten seconds before", async () => {
  await withTemporaryFolder(async (folder) => {
    let nowMs = 1_795_879_085_000;
    const { board, notices } = boardIn(folder, () => nowMs);
    board.begin(NO_PROGRESS, EMPTY_HISTORY);
    const steps = [];
    for (let epoch = 1; epoch <= 25; epoch++, nowMs += 1000) {
      train(board, epoch - 1, epoch);
      board.predicted({ epoch, labels: Int32Array.of(0, 1, 1), classes: Int32Array.of(0, 0, 1) });
      // A picture takes some hundredths of a second, in which real epochs would follow.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await board.finish();
    steps.push(...stepsOf(folder, "validation", "epoch_confusion_matrix"));
    assert.deepEqual([notices, steps], [[], [0, 10, 20, 24]]);
  });
});

Deno.test("the picture has the names of the classes, escaped, and the numbers of images, and is small for many classes", () => {
  const svg = confusionSvg(["a<b", "night\x1b[2J stand & more words than fit"], [[0, 0, 7], [1, 0, 3], [1, 1, 1]]);
  assert.match(svg, />a&lt;b<\/text>/);
  assert.match(svg, />night stand &amp; mor…<\/text>/);
  assert.deepEqual([...svg.matchAll(/middle" fill="[^"]+">(\d+)</g)].map(([, count]) => count), ["7", "3", "1"]);
  const many = confusionSvg(Array.from({ length: 1000 }, (_, index) => `class ${index}`), [[999, 0, 1]]);
  assert.match(many, /^<svg[^>]* width="1020" height="1020"/);
  assert.doesNotMatch(many, /class/);
});
