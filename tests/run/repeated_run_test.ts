import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readEvents } from "../../src/run/log/event_log.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { tensorflowEngine } from "../engine.ts";
import { headlight } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { SMALL_RUN } from "./small_run.ts";
import { runPasted } from "./pasted.ts";

// Sets up the engine beforehand, so that the runs do not include it.
await tensorflowEngine();

/** Returns the figures of all epochs and the early stopping events. */
function epochs(run: string): unknown[] {
  return readEvents(join(run, "events.jsonl")).flatMap((event): unknown[] => {
    if (event.type === "early_stopping") {
      const { seq: _seq, time: _time, ...stopping } = event;
      return [stopping];
    }
    if (event.type !== "epoch") return [];
    const { epoch, loss, accuracy, val_loss, val_accuracy, learning_rate } = event;
    return [{ epoch, loss, accuracy, val_loss, val_accuracy, learning_rate }];
  });
}

Deno.test("the command in a run's config.json and end summary repeats every figure of every epoch", async () => {
  await withTemporaryFolder(async (folder) => {
    const runs = join(folder, "my runs");
    const config = join(folder, "options.json");
    Deno.writeTextFileSync(config, JSON.stringify({ start_from_epoch: 1, mode: "max", baseline: 0.05, hidden: 20 }));
    const first = await headlight([
      ...["train", ...SMALL_RUN, "--epochs", "4", "--seed", "11", "--learning-rate", "3e-3", "--config", config],
      ...["--name", 'it\'s "one"', "--runs", runs],
    ]);
    assert.equal(first.status, 0, first.stderr);
    const one = join(runs, [...Deno.readDirSync(runs)][0]?.name ?? "");
    const command = readRunConfig(join(one, "config.json")).repeat ?? "";
    assert.match(command, /^deno task train --data demo .*--engine tensorflow .*--expect-features [0-9a-f]{16} /);
    assert.ok(first.stdout.includes(`  repeat      ${command}\n`), first.stdout);

    // The file with the options is gone, so the command must work without it. It runs in a shell, as if pasted.
    Deno.removeSync(config);
    await runPasted(command);
    const other = [...Deno.readDirSync(runs)].map(({ name }) => join(runs, name)).find((path) => path !== one) ?? "";
    assert.equal(epochs(one).length, 8);
    assert.deepEqual(epochs(other), epochs(one));
    assert.equal(readFileSync(join(other, "history.csv"), "utf8"), readFileSync(join(one, "history.csv"), "utf8"));
    // The second run's own command is the same.
    assert.equal(readRunConfig(join(other, "config.json")).repeat, command);
  });
});

Deno.test("a repeated run whose features differ reports this with what made them and trains all the same", async () => {
  await withTemporaryFolder(async (runs) => {
    const expected = "0123456789abcdef";
    const { status, stdout, stderr } = await headlight([
      ...["train", ...SMALL_RUN, "--epochs", "1", "--runs", runs, "--expect-features", expected],
    ]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /notice\s+--expect-features 0123456789abcdef: this run's features differ/);
    const [{ name } = { name: "" }] = [...Deno.readDirSync(runs)];
    const { features, repeat } = readRunConfig(join(runs, name, "config.json"));
    assert.ok(features);
    // A repetition of this run must expect the features it was trained on.
    assert.ok(repeat?.includes(`--expect-features ${features.sha256.slice(0, 16)}`));
    const warned = readEvents(join(runs, name, "events.jsonl")).find((event) =>
      event.type === "log" && event.level === "warn"
    );
    assert.ok(warned?.type === "log" && warned.text.includes(features.made_on[0]?.processor ?? "?"));
  });
});

Deno.test("an expected digest must have 16 to 64 hexadecimal digits", async () => {
  const { status, stderr } = await headlight(["train", "--expect-features", "xyz"]);
  assert.equal(status, 2);
  assert.match(stderr, /--expect-features xyz: must be 16 to 64 hexadecimal digits/);
});
