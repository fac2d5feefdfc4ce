/** Tests `slurm` without Slurm: what it writes, and what it refuses. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type SmallCluster, withSmallCluster } from "../cluster/small_cluster.ts";
import { slurmFlagsSchema } from "../../src/commands/command_flags.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { headlight } from "../process.ts";

const IMAGES = 12;

interface Place extends SmallCluster {
  readonly runs: string;
  readonly script: string;
  readonly slurm: (before: readonly string[], after: readonly string[]) => ReturnType<typeof headlight>;
}

function withPlace(body: (place: Place) => Promise<void>): Promise<void> {
  return withSmallCluster(IMAGES, async (cluster) => {
    const runs = join(cluster.root, "runs");
    const script = join(cluster.root, "job.sh");
    // Without programs of Slurm, wherever the test runs.
    const env = { ...cluster.env, PATH: "/nowhere" };
    const words = [...cluster.words, "--runs", runs];
    await body({
      ...cluster,
      ...{ words, runs, script },
      slurm: (before, after) => headlight(["slurm", ...before, ...after], { env }),
    });
  });
}

Deno.test("slurm writes and prints a script that names every path, the engine and the weights, and where its logs go", async () => {
  await withPlace(async ({ slurm, script, words, runs, data }) => {
    const { status, stdout, stderr } = await slurm(["--array", "32%4", "--out", script], [
      "--",
      "train",
      ...words,
      "--name",
      "x",
    ]);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, Deno.readTextFileSync(script));
    for (const line of [`  --data ${data}`, `  --runs ${runs}`, "  --engine tensorflow", "name=x"]) {
      assert.ok(stdout.includes(`\n${line}\n`), line);
    }
    assert.match(stdout, / --array=0-31%4 /);
    assert.match(stderr, /^headlight: This script is in .*job\.sh\. To submit it: bash .*job\.sh$/m);
    assert.ok(existsSync(join(script, "..", "job-logs")));
    // The same again is no conflict, another script of this name is.
    assert.equal(
      (await slurm(["--array", "32%4", "--out", script], ["--", "train", ...words, "--name", "x"])).status,
      0,
    );
    const other = await slurm(["--array", "8", "--out", script], ["--", "train", ...words, "--name", "x"]);
    assert.equal(other.status, 2);
    assert.match(other.stderr, /job\.sh exists and is another script\. Remove it, or name another file with --out\.$/m);
  });
});

Deno.test("the target of --notify is in no script and no process's arguments, but in a config file that only its owner can read", async () => {
  await withPlace(async ({ slurm, root, script, words, env }) => {
    const [own, config] = [join(root, "own.json"), join(root, "job-config.json")];
    const target = "https://127.0.0.1:9/token-5f2c9";
    Deno.writeTextFileSync(own, JSON.stringify({ notify: target, epochs: 1 }));
    const write = (...more: string[]) =>
      slurm(["--array", "2", "--out", script], ["--", "train", ...words, "--name", "x", ...more]);
    assert.equal((await write()).status, 0);
    assert.ok(!existsSync(config), "without --notify there is no such file");
    Deno.removeSync(script);
    for (const given of [["--config", own], ["--notify", target, "--epochs", "1"]]) {
      const { status, stdout, stderr } = await write(...given);
      assert.equal(status, 0, stderr);
      assert.deepEqual(JSON.parse(Deno.readTextFileSync(config)), { notify: target });
      assert.equal((Deno.statSync(config).mode ?? 0) & 0o777, 0o600);
      assert.equal(Deno.readTextFileSync(script), stdout);
      assert.doesNotMatch(stdout + stderr, /token-5f2c9|--notify http/);
      assert.match(stdout, /^ {2}--epochs 1$/m, "other options are in the script");
      assert.match(
        stderr,
        /^headlight: The training reads --notify from \S+job-config\.json, which only you can read\.$/m,
      );
      // The file may have been copied with another mode.
      Deno.chmodSync(config, 0o644);
    }
    const other = await write("--notify", "https://127.0.0.1:9/token-other", "--epochs", "1");
    assert.equal(other.status, 2);
    assert.match(
      other.stderr,
      /job-config\.json exists and is another config file\. Remove it, or name another file with/,
    );
    assert.doesNotMatch(other.stderr, /token-/);

    // The training takes the target from the file, as the script passes it on.
    Deno.writeTextFileSync(join(root, "srun"), '#!/bin/bash\nprintf "%s " "$@" > "$0.args"\n"$@"\n', { mode: 0o755 });
    const { code, stderr } = await new Deno.Command("bash", {
      args: [script, "train"],
      env: { ...env, PATH: `${root}:${Deno.env.get("PATH")}` },
      stdin: "null",
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.doesNotMatch(Deno.readTextFileSync(join(root, "srun.args")), /token-/);
    const [{ name: id } = { name: "" }] = [...Deno.readDirSync(join(root, "runs"))];
    assert.equal(readRunConfig(join(root, "runs", id, "config.json")).options.notify, target);
  });
});

Deno.test("a script that an older version wrote with other comments counts as the same", async () => {
  await withPlace(async ({ slurm, script, words }) => {
    const write = () => slurm(["--array", "2", "--out", script], ["--", "train", ...words, "--name", "x"]);
    const { stdout: text } = await write();
    const older = text.replace(/^# Computes .*$/m, "# Written by an older version.").replace(
      /^ *# --parsable.*\n/m,
      "",
    );
    assert.ok(older.length < text.length);
    for (
      const [before, status] of [[older, 0], [text.replace("#SBATCH --requeue", "#SBATCH --no-requeue"), 2]] as const
    ) {
      assert.notEqual(before, text);
      Deno.writeTextFileSync(script, before);
      const again = await write();
      assert.equal(again.status, status, again.stderr);
      assert.equal(Deno.readTextFileSync(script), before, "it is kept, because a person may have changed it");
    }
  });
});

Deno.test("without --engine the script names the one that every host has, and says so; with GPUs that is CUDA", async () => {
  await withPlace(async ({ slurm, root, words }) => {
    const open = words.filter((word) => word !== "--engine" && word !== "tensorflow");
    for (const [more, engine] of [[[], "tensorflow"], [["--gpus", "1"], "cuda"]] as const) {
      const { status, stdout, stderr } = await slurm([...more, "--out", join(root, engine)], ["--", "train", ...open]);
      assert.equal(status, 0, stderr);
      assert.match(stdout, new RegExp(`^  --engine ${engine}$`, "m"));
      assert.match(
        stderr,
        new RegExp(`^headlight: The script names --engine ${engine}, because all tasks must use`, "m"),
      );
    }
  });
});

Deno.test("the -- may be left out, because whatever comes after train belongs to it", async () => {
  await withPlace(async ({ slurm, script, words }) => {
    const { status, stderr } = await slurm(["--array", "2", "--out", script], ["train", ...words, "--name", "x"]);
    assert.equal(status, 0, stderr);
  });
});

Deno.test("slurm refuses in one line, with status 2 and no script, what a job could not do", async () => {
  await withPlace(async ({ slurm, script, words, root, data }) => {
    const train = ["--", "train", ...words];
    const refused: readonly (readonly [readonly string[], readonly string[], RegExp])[] = [
      [[], [], /^headlight: Nothing to run\. Write train and its options after --, such as: /],
      [
        ["--name", "x"],
        train,
        /^headlight: --name is neither an option of slurm nor the command train\. Write train and/,
      ],
      [[], ["--", "extract"], /^headlight: extract is neither an option of slurm nor the command train/],
      [["--array", "0"], train, /^headlight: --array 0: must be the number of tasks, such as 32, or 32%4/],
      [["--time", "2hours"], train, /^headlight: --time 2hours: must be a time as Slurm writes it, such as 2:00:00/],
      [[], [...train, "--plain"], /^headlight: --plain cannot be combined with slurm, which decides this itself/],
      [[], [...train, "--resume-or-start"], /^headlight: --resume-or-start cannot be combined with slurm/],
      [
        [],
        ["--", "train", "--data", data, "--base", "squeezenet11,vgg16"],
        /^headlight: Several bases are several runs\. /,
      ],
      [[], [...train, "--data", join(root, "nowhere")], /^headlight: --data .*nowhere: there is no such folder/],
      [[], [...train, "--epochs", "0"], /^headlight: --epochs 0: must be at least 1/],
      [
        ["--array", "4"],
        ["--", "train", "--base", "lesson-cnn"],
        /^headlight: --array 4: lesson-cnn is trained from scratch/,
      ],
    ];
    for (const [before, after, message] of refused) {
      const { status, stdout, stderr } = await slurm([...before, "--out", script], after);
      // An unknown option before `--` takes all that follows.
      assert.deepEqual([status, stdout], [2, ""], stderr);
      assert.match(stderr, message);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
      assert.ok(!existsSync(script));
    }
  });
});

Deno.test("--submit without Slurm says where the script is, and what to do with it", async () => {
  await withPlace(async ({ slurm, script, words }) => {
    const { status, stderr } = await slurm(["--submit", "--out", script], ["--", "train", ...words, "--name", "x"]);
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^headlight: --submit needs sbatch, which is not on this machine\. Copy .*job\.sh to a login node/m,
    );
    assert.ok(existsSync(script));
  });
});

Deno.test("a script whose path has a backslash is refused, because Slurm could not write its logs", async () => {
  await withPlace(async ({ slurm, root, words }) => {
    const script = join(root, "a\\b", "job.sh");
    const { status, stderr } = await slurm(["--out", script], ["--", "train", ...words, "--name", "x"]);
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^headlight: .*a\\b\/job\.sh: Slurm cannot write logs to a path with a backslash\. Name another/m,
    );
  });
});

Deno.test("--time takes every form that Slurm takes", () => {
  for (const time of ["90", "2:00:00", "1-12", "UNLIMITED", "infinite"]) {
    assert.equal(slurmFlagsSchema.parse({ time }).time, time);
  }
  for (const time of ["two hours", "1-", "UNLIMITED2"]) assert.ok(!slurmFlagsSchema.safeParse({ time }).success, time);
});

Deno.test("a name that a finished run has, or an unfinished one with other options, is refused before anything is computed", async () => {
  await withPlace(async ({ slurm, script, words, env }) => {
    const trained = await headlight(["train", "--plain", ...words, "--epochs", "1", "--name", "x"], { env });
    assert.equal(trained.status, 0, trained.stderr);
    const same = await slurm(["--out", script], ["--", "train", ...words, "--epochs", "1", "--name", "x"]);
    assert.equal(same.status, 2, same.stderr);
    assert.match(same.stderr, /^headlight: --name x: .* has finished.* To train another run, choose another name\.$/m);
    const other = await slurm(["--out", script], [
      "--",
      "train",
      ...words,
      "--epochs",
      "3",
      "--size",
      "96",
      "--name",
      "x",
    ]);
    assert.equal(other.status, 2, other.stderr);
    assert.match(other.stderr, /--size changed from 64 to 96/);
    const more = await slurm(["--out", script], ["--", "train", ...words, "--epochs", "3", "--name", "x"]);
    assert.equal(more.status, 0, more.stderr);
    assert.match(more.stderr, /^headlight: There is a run called x already\. The training goes on with it\.$/m);
  });
});
