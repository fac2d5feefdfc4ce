/** Checks that every command that reads a run can read those of earlier versions. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { parseEvent, type RunEvent } from "../../src/events.ts";
import { networkWeights, trainableNames, type Weights } from "../../src/model/network_weights.ts";
import { evaluationSchema } from "../../src/results/evaluation_json.ts";
import { readCheckpoint } from "../../src/run/checkpoints/read_checkpoint.ts";
import { overviewSchema } from "../../src/run/overview/overview.ts";
import { layOutOldRun, OLD_VERSIONS, type OldRun, type OldVersion, printedThen } from "../old_runs.ts";
import { headlight } from "../process.ts";
import { SHARED, sharedTest, withTemporaryFolder } from "../support.ts";

function withOldRun(version: OldVersion, body: (run: OldRun, runs: string) => Promise<void>): Promise<void> {
  return withTemporaryFolder(async (runs) => body(await layOutOldRun(version, runs), runs));
}

async function succeeds(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await headlight(args);
  assert.deepEqual([status, stderr], [0, ""], args.join(" "));
  return stdout;
}

function eventsOf(text: string): RunEvent[] {
  return text.trim().split("\n").map((line) => {
    const event = parseEvent(JSON.parse(line));
    assert.ok(event, line);
    return event;
  });
}

for (const version of OLD_VERSIONS) {
  Deno.test(`${version}: watch --json prints every event that it printed then`, async () => {
    await withOldRun(version, async ({ id }, runs) => {
      const now = eventsOf(await succeeds("watch", id, "--runs", runs, "--json"));
      const then = eventsOf(printedThen(version, "stream.jsonl", runs));
      assert.deepEqual(now.map(({ seq, type }) => [seq, type]), then.map((_, index) => [index + 1, now[index]?.type]));
      const epochs = (events: readonly RunEvent[]) => events.filter(({ type }) => type === "epoch" || type === "end");
      assert.deepEqual(epochs(now), epochs(then));
    });
  });

  Deno.test(`${version}: watch --plain tells how it went and names the best epoch, not early stopping's reference`, async () => {
    await withOldRun(version, async ({ id }, runs) => {
      const text = await succeeds("watch", id, "--runs", runs, "--plain");
      assert.match(text, /stopped early after 5 epochs/);
      assert.match(text, /best\s+epoch 5\s+val_accuracy 0\.6246/);
    });
  });

  Deno.test(`${version}: runs lists it with its figures`, async () => {
    await withOldRun(version, async ({ id, directory }, runs) => {
      const overview = overviewSchema.parse(JSON.parse(await succeeds("runs", "--runs", runs, "--json")));
      assert.deepEqual(
        [overview.id, overview.directory, overview.name, overview.status, overview.reason, overview.epochs],
        [id, directory, "an old run", "ended", "early_stopping", 5],
      );
      assert.equal(overview.best?.epoch, 5);
    });
  });

  Deno.test(`${version}: its checkpoint is read with everything that a continuation needs`, async () => {
    await withOldRun(version, ({ directory }) => {
      const { snapshot } = readCheckpoint(join(directory, "checkpoints", "last"));
      assert.deepEqual(snapshot.layers.map(({ name, type }) => [name, type]), [
        ["input_layer", "InputLayer"],
        ["batch_normalization", "BatchNormalization"],
        ["dense", "Dense"],
        ["dropout", "Dropout"],
        ["dense_1", "Dense"],
      ]);
      const sizes = Object.fromEntries(networkWeights(snapshot.layers).map(({ name, size }) => [name, size]));
      const lengths = (arrays: Weights<Float32Array>) =>
        Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, values.length]));
      assert.deepEqual(lengths(snapshot.weights), sizes);
      assert.deepEqual(Object.keys(snapshot.optimizer.m), trainableNames(snapshot.layers));
      assert.equal(snapshot.epoch, 5);
      assert.ok(snapshot.optimizer.step > 0);
      return Promise.resolve();
    });
  });

  Deno.test(`${version}: plot draws it with its best epoch marked`, async () => {
    await withOldRun(version, async ({ id, directory }, runs) => {
      await succeeds("plot", id, "--runs", runs);
      assert.ok(Deno.statSync(join(directory, "history.png")).size > 1000);
      assert.match(await succeeds("plot", id, "--runs", runs, "--term"), /best val_accuracy at epoch 5: 0\.625/);
    });
  });

  Deno.test(`${version}: summary RUN describes it`, async () => {
    await withOldRun(version, async ({ id }, runs) => {
      assert.match(await succeeds("summary", id, "--runs", runs), /an old run/);
    });
  });

  Deno.test(sharedTest(`${version}: evaluate gives the same figures as then for best, last and final`, async () => {
    await withOldRun(version, async ({ id }, runs) => {
      for (const checkpoint of ["best", "last", "final"]) {
        const text = await succeeds("evaluate", id, "--runs", runs, "--checkpoint", checkpoint, "--json");
        const now = evaluationSchema.parse(JSON.parse(text));
        const then = evaluationSchema.parse(JSON.parse(printedThen(version, `evaluate-${checkpoint}.json`, runs)));
        assert.deepEqual([now.epoch, now.correct, now.count], [then.epoch, then.correct, then.count]);
        assert.ok(Math.abs(now.loss - then.loss) < 1e-5, `${now.loss} ${then.loss}`);
        assert.deepEqual(now.confusion, then.confusion);
      }
    });
  }));

  Deno.test(sharedTest(`${version}: predict gives the same probabilities as then`, async () => {
    await withOldRun(version, async ({ id }, runs) => {
      const then = printedThen(version, "predict.jsonl", runs).trim().split("\n").map((line) => JSON.parse(line));
      const paths = then.map(({ path }) => path);
      const now = (await succeeds("predict", id, ...paths, "--runs", runs, "--json")).trim().split("\n");
      for (const [index, line] of now.entries()) {
        const { predictions } = JSON.parse(line);
        for (const [place, { class: name, probability }] of predictions.entries()) {
          const expected = then[index].predictions[place];
          assert.equal(name, expected.class);
          assert.ok(Math.abs(probability - expected.probability) < 1e-4);
        }
      }
      assert.equal(now.length, then.length);
    });
  }));

  Deno.test(`${version}: train --resume says that it has finished and how to train on; without its weights it is refused by name`, async () => {
    await withOldRun(version, async ({ directory }) => {
      const text = await succeeds("train", "--resume", directory);
      assert.match(
        text,
        /has finished: early stopping ended it after epoch 5, with a patience of 3\. .*--patience 6\n$/,
      );
      fillIn(directory, "config.json", SHARED, "/nowhere");
      const { status, stdout, stderr } = await headlight(["train", "--resume", directory, "--patience", "9"]);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, /^headlight: Run \S+: its --weights \/nowhere\/\S+ does not exist\. [^\n]+\n$/);
    });
  });

  Deno.test(
    sharedTest(`${version}: it goes on with more patience, with its optimizer, best weights and history`, async () => {
      await withOldRun(version, async ({ directory }) => {
        const before = readCheckpoint(join(directory, "checkpoints", "last")).snapshot;
        const { status, stderr } = await headlight([
          "train",
          "--resume",
          directory,
          "--patience",
          "9",
          "--epochs",
          "7",
        ]);
        assert.equal(status, 0, stderr);
        const { snapshot } = readCheckpoint(join(directory, "checkpoints", "last"));
        const steps = before.optimizer.step / 5;
        assert.deepEqual([snapshot.epoch, snapshot.optimizer.step], [7, 7 * steps]);
        assert.deepEqual([...snapshot.history.loss.first(5)], [...before.history.loss]);
        const rows = Deno.readTextFileSync(join(directory, "history.csv")).trimEnd().split("\n").slice(1);
        assert.deepEqual(rows.map((row) => Number(row.split(",")[0])), [0, 1, 2, 3, 4, 5, 6]);
      });
    }),
  );
}

/** Replaces a text in a file of a run. */
function fillIn(directory: string, name: string, from: string, to: string): void {
  const path = join(directory, name);
  Deno.writeTextFileSync(path, Deno.readTextFileSync(path).replaceAll(from, to));
}
