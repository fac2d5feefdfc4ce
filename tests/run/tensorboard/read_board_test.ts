/** What TensorBoard's own reader finds in the files of real runs. */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import sharp from "sharp";
import { z } from "zod";
import type { EventOf } from "../../../src/events.ts";
import { standingEvents } from "../../../src/run_state/standing_events.ts";
import { readEvents } from "../../../src/run/log/event_log.ts";
import { tensorflowEngine } from "../../engine.ts";
import { headlight, JsonRun } from "../../process.ts";
import { askPython, pythonTest } from "../../python/python.ts";
import { withTemporaryFolder } from "../../support.ts";
import { ENDLESS, SMALL_RUN } from "../small_run.ts";

await tensorflowEngine();

const pointsSchema = z.array(z.tuple([z.int(), z.unknown()]));
const partSchema = z.object({
  shown: z.record(z.string(), z.object({ plugin: z.string(), values: pointsSchema })),
  raw: z.record(z.string(), z.array(z.int())),
});
const boardSchema = z.object({ train: partSchema, validation: partSchema });
type BoardRead = z.infer<typeof boardSchema>;

async function readBoard(folder: string): Promise<BoardRead> {
  return boardSchema.parse(await askPython("read_board.py", { folder }));
}

/** Checks that TensorBoard shows every figure of these epochs, bit by bit, and each once. */
function assertEpochs({ train, validation }: BoardRead, epochs: readonly EventOf<"epoch">[]): void {
  const expected = (name: keyof EventOf<"epoch">) =>
    epochs.map((event) => [event.epoch - 1, Math.fround(Number(event[name] ?? NaN))]);
  const shown = {
    ...{ loss: train.shown["epoch_loss"], accuracy: train.shown["epoch_accuracy"] },
    ...{ learning_rate: train.shown["epoch_learning_rate"] },
    ...{ val_loss: validation.shown["epoch_loss"], val_accuracy: validation.shown["epoch_accuracy"] },
    val_balanced_accuracy: validation.shown["epoch_balanced_accuracy"],
    val_macro_f1: validation.shown["epoch_macro_f1"],
  };
  for (const [name, tag] of Object.entries(shown)) {
    assert.equal(tag?.plugin, "scalars");
    assert.deepEqual(tag.values, expected(name as keyof EventOf<"epoch">), name);
  }
}

/** Checks that each epoch and each batch is in the files once, whatever a reader drops. */
function assertOnce({ train, validation }: BoardRead, epochs: number, batches: number): void {
  const upTo = (count: number, first: number) => Array.from({ length: count }, (_, index) => index + first);
  for (const tag of ["batch_loss", "batch_accuracy"]) assert.deepEqual(train.raw[tag], upTo(batches, 1), tag);
  for (const tag of ["epoch_loss", "epoch_accuracy"]) assert.deepEqual(train.raw[tag], upTo(epochs, 0), tag);
  assert.deepEqual(validation.raw["epoch_loss"], upTo(epochs, 0));
  const iterations = upTo(epochs, 1).map((epoch) => epoch * batches / epochs);
  assert.deepEqual(validation.raw["evaluation_loss_vs_iterations"], iterations);
}

Deno.test(
  pythonTest("TensorBoard reads every figure of a run, its configuration and its confusion matrix", async () => {
    await withTemporaryFolder(async (folder) => {
      const board = join(folder, "board");
      const args = ["--epochs", "3", "--tensorboard", board, "--runs", join(folder, "runs")];
      const run = new JsonRun(["train", ...SMALL_RUN, ...args]);
      assert.equal(await run.status(), 0, run.stderr);
      const [end] = run.all("end");
      assert.ok(end);
      assert.deepEqual([...Deno.readDirSync(board)].map(({ name }) => name), [end.run]);
      const read = await readBoard(join(board, end.run));
      assertEpochs(read, run.all("epoch"));
      assertOnce(read, 3, 3 * Math.ceil(878 / 32));
      // After the last batch of an epoch, its running means are its figures.
      const means = read.train.shown["batch_loss"]?.values.at(-1)?.[1];
      assert.equal(means, Math.fround(run.all("epoch").at(-1)?.loss ?? NaN));
      const [[, text] = []] = read.train.shown["configuration"]?.values ?? [];
      assert.equal(read.train.shown["configuration"]?.plugin, "text");
      for (const row of [`| run | ${end.run} |`, "| data | demo |", "| epochs | 3 |", "| engine | tensorflow |"]) {
        assert.ok(String(text).includes(row), `${row} in ${text}`);
      }
      const pictures = read.validation.shown["epoch_confusion_matrix"];
      assert.equal(pictures?.plugin, "images");
      const [step, picture] = pictures.values.at(-1) ?? [];
      const [width, height, png] = z.tuple([z.int(), z.int(), z.string()]).parse(picture);
      const { format, ...size } = await sharp(Uint8Array.fromHex(png)).metadata();
      assert.deepEqual([step, format, size.width, size.height], [2, "png", width, height]);
    });
  }),
);

Deno.test(
  pythonTest("a run that was killed twice and resumed has no double and no missing epoch or batch", async () => {
    await withTemporaryFolder(async (folder) => {
      const board = join(folder, "board");
      const runs = join(folder, "runs");
      const first = new JsonRun(["train", ...SMALL_RUN, ...ENDLESS, "--tensorboard", board, "--runs", runs]);
      const directory = await first.directory();
      const own = join(board, basename(directory));
      const trainer = () => JSON.parse(Deno.readTextFileSync(join(directory, "lock"))).pid;
      await first.until("epoch", ({ epoch }) => epoch === 30);
      Deno.kill(trainer(), "SIGKILL");
      await first.status();
      const killed = await readBoard(own);
      const second = new JsonRun(["train", "--resume", directory]);
      const { epoch, step } = await second.until("resume");
      assert.ok((killed.train.raw["epoch_loss"]?.length ?? 0) > epoch, "nothing is to be trained again");
      await second.until("epoch", (event) => event.epoch === epoch + 12);
      Deno.kill(trainer(), "SIGKILL");
      await second.status();
      const epochs = epoch + 40;
      const last = new JsonRun(["train", "--resume", directory, "--epochs", String(epochs)]);
      assert.equal(await last.status(), 0, last.stderr);
      const read = await readBoard(own);
      const standing = standingEvents(readEvents(join(directory, "events.jsonl")));
      assert.equal(step >= 0, true);
      assertEpochs(read, standing.flatMap((event) => event.type === "epoch" ? [event] : []));
      assertOnce(read, epochs, epochs * Math.ceil(878 / 32));
      // What TensorBoard shows is what is in the files: its rule for restarts drops nothing more.
      for (const part of [read.train, read.validation]) {
        const shown = Object.entries(part.shown).map(([tag, { values }]) => [tag, values.map(([step]) => step)]);
        assert.deepEqual(Object.fromEntries(shown), part.raw);
      }
    });
  }),
);

Deno.test(
  pythonTest("folders, tags and steps are those of Keras's callback, and the class metrics besides", async () => {
    await withTemporaryFolder(async (folder) => {
      const keras = z.record(z.string(), z.record(z.string(), z.array(z.int())))
        .parse(await askPython("keras_board.py", { folder: join(folder, "keras") }));
      const board = join(folder, "board");
      const run = new JsonRun([
        ...["train", ...SMALL_RUN, "--batch", "220", "--epochs", "2"],
        ...["--tensorboard", board, "--runs", join(folder, "runs")],
      ]);
      assert.equal(await run.status(), 0, run.stderr);
      const read = await readBoard(join(board, basename(await run.directory())));
      for (const part of ["train", "validation"] as const) {
        const ours = Object.entries(read[part].raw).filter(([tag]) =>
          read[part].shown[tag]?.plugin === "scalars" && !/balanced_accuracy|macro_f1/.test(tag)
        );
        assert.deepEqual(Object.fromEntries(ours), keras[part]);
      }
    });
  }),
);

Deno.test("--tensorboard with a file instead of a folder is refused before the run starts", async () => {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "file");
    Deno.writeTextFileSync(file, "");
    const { status, stderr } = await headlight([
      ...["train", ...SMALL_RUN, "--tensorboard", file, "--runs", join(folder, "runs")],
    ]);
    assert.equal(status, 2);
    assert.match(stderr, /--tensorboard \S+file is not a folder\. Name another place\.$/m);
    assert.equal(stderr.trim().split("\n").length, 1);
  });
});

Deno.test("a run goes on without its files for TensorBoard if their folder vanishes, and says so once", async () => {
  await withTemporaryFolder(async (folder) => {
    const board = join(folder, "board");
    const args = ["--tensorboard", board, "--runs", join(folder, "runs")];
    const run = new JsonRun(["train", ...SMALL_RUN, "--epochs", "60", "--patience", "100", ...args]);
    await run.until("epoch");
    Deno.removeSync(board, { recursive: true });
    assert.equal(await run.status(), 0, run.stderr);
    assert.equal(run.all("epoch").length, 60);
    const notices = run.all("log").filter(({ text }) => text.includes("TensorBoard"));
    assert.deepEqual(notices.map(({ level, stays }) => [level, stays]), [["warn", true]]);
    assert.equal(run.all("end")[0]?.notices.filter((text) => text.includes("TensorBoard")).length, 1);
  });
});
