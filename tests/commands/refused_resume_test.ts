/** A resume that is refused leaves every byte of the run as it was; one changed thing is named and allowed once. */
import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { readOverview } from "../../src/run/overview/read_overview.ts";
import { runDirectory } from "../../src/run/folder/directory.ts";
import { writeFiles } from "../data/images/made_images.ts";
import { tensorflowEngine } from "../engine.ts";
import { publishedFile } from "../model/published_files.ts";
import { headlight } from "../process.ts";
import { folderHashes } from "../run/resume/folder_hashes.ts";
import { withTemporaryFolder } from "../support.ts";
import { trainedUntilKilled, trainedWhole } from "./resumed.ts";

await tensorflowEngine();

const MODEL = ["--base", "squeezenet11", "--weights", "random", "--size", "64", "--epochs", "2", "--batch", "4"];

async function jpeg(width: number, background: string): Promise<Uint8Array> {
  return new Uint8Array(await sharp({ create: { width, height: 40, channels: 3, background } }).jpeg().toBuffer());
}

/** Writes two classes in train/ and val/, and returns the folder. */
async function writeImages(folder: string): Promise<string> {
  const files: Record<string, Uint8Array> = {};
  for (const [name, background] of [["red", "#c02010"], ["blue", "#1020c0"]] as const) {
    for (const [part, count, side] of [["train", 6, 40], ["val", 3, 60]] as const) {
      for (let index = 0; index < count; index++) {
        files[`${part}/${name}/${index}.jpg`] = await jpeg(side + index, background);
      }
    }
  }
  writeFiles(folder, files);
  return folder;
}

/** Changes to the data, each with a function that undoes it, and what a refusal says. */
function changes(data: string, other: Uint8Array): readonly [() => () => void, RegExp][] {
  const moves = (from: string, to: string) => () => {
    Deno.renameSync(join(data, from), join(data, to));
    return () => Deno.renameSync(join(data, to), join(data, from));
  };
  const edits = (path: string) => () => {
    const before = Deno.readFileSync(join(data, path));
    Deno.writeFileSync(join(data, path), other);
    return () => Deno.writeFileSync(join(data, path), before);
  };
  return [
    [moves("val/red/1.jpg", "1.kept"), /1 validation image is missing: val\/red\/1\.jpg/],
    [moves("train/red/1.jpg", "1.kept"), /12 training images, now 11/],
    [edits("val/blue/2.jpg"), /1 validation image has another content: val\/blue\/2\.jpg/],
    [edits("train/blue/2.jpg"), /1 training image was removed and 1 was added/],
    [() => {
      const undo = [moves("train/red", "train/rot")(), moves("val/red", "val/rot")()];
      return () => undo.forEach((one) => one());
    }, /class 1 was "red", now "rot"/],
  ];
}

Deno.test("a refused resume says what changed and leaves every byte of a finished run as it was, which then goes on without a notice", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = await writeImages(join(folder, "data"));
    const run = await trainedWhole(["--data", data, ...MODEL], join(folder, "runs"));
    const before = folderHashes(run);
    for (const [change, says] of changes(data, await jpeg(77, "#10c020"))) {
      const undo = change();
      const { status, stdout, stderr } = await headlight(["train", "--resume", run, "--epochs", "4", "--plain"]);
      assert.equal(status, 2, stdout + stderr);
      assert.match(stdout + stderr, says);
      assert.deepEqual(folderHashes(run), before, String(says));
      undo();
    }
    for (
      const [flags, says] of [
        [["--epochs", "1"], /--epochs 1: run \S+ has trained 2 epochs already/],
        [["--epochs", "4", "--batch", "8"], /--batch changed from 4 to 8/],
        [["--epochs", "4", "--name", "other"], /--name other: run \S+ has no name, and resuming does not rename it/],
      ] as const
    ) {
      const { status, stdout, stderr } = await headlight(["train", "--resume", run, ...flags, "--plain"]);
      assert.deepEqual([status, stdout], [2, ""], stderr);
      assert.match(stderr, says);
      assert.deepEqual(folderHashes(run), before, String(says));
    }
    Deno.renameSync(data, `${data}2`);
    const moved = await headlight(["train", "--resume", run, "--epochs", "3", "--plain"]);
    assert.deepEqual([moved.status, moved.stdout], [2, ""], moved.stderr);
    assert.match(
      moved.stderr,
      /^headlight: Run \S+: its --data \S+data does not exist\. .* its new place with --data\.$/m,
    );
    Deno.renameSync(`${data}2`, data);
    // Without its checkpoints, a run must not seem to begin again.
    const checkpoints = join(run, "checkpoints");
    Deno.renameSync(checkpoints, join(folder, "kept"));
    const gone = await headlight(["train", "--resume", run, "--epochs", "3", "--plain"]);
    assert.deepEqual([gone.status, gone.stdout], [1, ""], gone.stderr);
    assert.match(gone.stderr, /cannot go on, because its checkpoints are gone: it saved epoch-0002, /);
    Deno.renameSync(join(folder, "kept"), checkpoints);
    assert.deepEqual(folderHashes(run), before);
    assert.equal(readOverview(runDirectory(run)).reason, "completed");
    const { status, stdout, stderr } = await headlight(["train", "--resume", run, "--epochs", "3", "--plain"]);
    assert.equal(status, 0, stdout + stderr);
    assert.doesNotMatch(stdout + stderr, / changed|begins again/);
  });
});

Deno.test("--allow-change data suffices for data that lead to other features, and gives one notice; so does --allow-change weights", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = await writeImages(join(folder, "data"));
    const run = await trainedWhole(["--data", data, ...MODEL], join(folder, "runs"));
    Deno.removeSync(join(data, "val/red/1.jpg"));
    const resumed = await headlight(
      ["train", "--resume", run, "--epochs", "3", "--allow-change", "data", "--plain"],
    );
    assert.equal(resumed.status, 0, resumed.stdout + resumed.stderr);
    const { notices, changes } = readRunConfig(runDirectory(run).config);
    assert.deepEqual(notices.filter((notice) => / changed /.test(notice)), [
      "data changed at epoch 3 (1 validation image is missing: val/red/1.jpg), so its weights are not those of an " +
      "unchanged run",
    ]);
    assert.deepEqual(changes?.map(({ name }) => name), ["epochs", "data"]);
    // It is known from now on.
    const again = await headlight(["train", "--resume", run, "--epochs", "4", "--plain"]);
    assert.equal(again.status, 0, again.stdout + again.stderr);
    assert.equal(readRunConfig(runDirectory(run).config).changes?.filter(({ name }) => name !== "epochs").length, 1);

    const { weights } = readRunConfig(runDirectory(run).config).resolved ?? {};
    const file = publishedFile("squeezenet11.h5");
    const refused = await headlight(["train", "--resume", run, "--epochs", "5", "--weights", file, "--plain"]);
    assert.equal(refused.status, 2, refused.stdout);
    assert.match(
      refused.stdout + refused.stderr,
      /the weights of its base changed from \w{16} to \w{16}\. Restore them, or name their file with --weights, or go on nevertheless with --allow-change weights\./,
    );
    const other = await headlight(
      [...["train", "--resume", run, "--epochs", "5", "--weights", file, "--plain"], "--allow-change", "weights"],
    );
    assert.equal(other.status, 0, other.stdout + other.stderr);
    const { changes: all, resolved } = readRunConfig(runDirectory(run).config);
    assert.notEqual(resolved?.weights.sha256, weights?.sha256);
    assert.deepEqual(all?.map(({ name }) => name).filter((name) => name !== "epochs"), ["data", "weights"]);
  });
});

Deno.test("an engine that cannot be set up leaves every byte of the run as it was, finished or interrupted, and is the error of the command with its own exit status", async () => {
  await withTemporaryFolder(async (folder) => {
    const data = await writeImages(join(folder, "data"));
    const args = ["--data", data, ...MODEL, "--engine", "tensorflow"];
    const finished = await trainedWhole(args, join(folder, "finished"));
    const long = [...args, "--epochs", "4000", "--patience", "4000"];
    const killed = await trainedUntilKilled(["train", ...long], join(folder, "killed"), (run) => run.until("epoch"));
    // There is neither the engine nor anything that could set it up.
    const nothing = join(folder, "nothing");
    Deno.mkdirSync(nothing);
    const env = { XDG_CACHE_HOME: nothing, PATH: nothing };
    for (const [run, flags] of [[finished, ["--epochs", "4"]], [killed, []]] as const) {
      const before = folderHashes(run);
      const { status: was, reason } = readOverview(runDirectory(run));
      const resume = ["train", "--resume", run, ...flags];
      const { status, stdout, stderr } = await headlight([...resume, "--plain"], { env });
      assert.equal(status, 1, stdout + stderr);
      assert.match(stdout, /^ +not resumed +no C\+\+ compiler found/m);
      assert.deepEqual(folderHashes(run), before);
      const shown = readOverview(runDirectory(run));
      assert.deepEqual([shown.status, shown.reason], [was, reason]);
      const detached = await headlight([...resume, "--detach"], { env });
      assert.deepEqual([detached.status, detached.stdout], [1, ""]);
      assert.match(detached.stderr, /no C\+\+ compiler found[^\n]*\n$/);
      assert.deepEqual(folderHashes(run), before);
    }
  });
});
