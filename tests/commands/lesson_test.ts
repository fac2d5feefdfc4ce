/** Runs the lesson from start to end, with stand-ins for Zenodo, the weights and the models. */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import type { LessonModel } from "../../src/results/lesson/lesson_models.ts";
import { lessonSchema } from "../../src/results/lesson/lesson_json.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { programArgs } from "../../src/program.ts";
import { withServer } from "../files/server.ts";
import { withZenodo } from "../data/zenodo.ts";
import { publishedBytes } from "../model/published_files.ts";
import { encodeNpy } from "../npy.ts";
import { emptyFeatureCache, type Finished } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { PseudoTerminal } from "../terminal/pseudo_terminal.ts";

const LESSON = { seed: 2, epochs: 26, best: { epoch: 21, correct: 191 }, last: { correct: 190 }, images: 293 };
const SMALL = { base: "squeezenet11", size: 64, epochs: 2 };
const RANDOM: readonly LessonModel[] = [
  { name: "a base", lesson: LESSON, seeds: [1, 2, 3], options: { ...SMALL, weights: "random" } },
  { name: "from scratch", lesson: LESSON, seeds: [2], options: { base: "lesson-cnn", epochs: 2 } },
];
/** A port on which nothing listens. */
const NOWHERE = "http://127.0.0.1:9/";

/** The four files of a set like the lesson's: noise around a colour for each class. */
function standIns(): Map<string, Uint8Array<ArrayBuffer>> {
  const arrays = Object.entries({ train: 60, test: 20 }).flatMap(([part, count]) => {
    const labels = Uint8Array.from({ length: count }, (_, index) => index % 10);
    const data = new Uint8Array(count * 64 * 64 * 3);
    let state = count;
    for (let index = 0; index < data.length; index++) {
      state = (state * 1103515245 + 12345) % 2147483648;
      const label = labels[Math.floor(index / (64 * 64 * 3))] ?? 0;
      data[index] = 20 * label + (index % 3) * 10 + Math.floor(state / 2147483648 * 40);
    }
    return [
      [`${part}_images.npy`, { dtype: "uint8" as const, shape: [count, 64, 64, 3], data }] as const,
      [`${part}_labels.npy`, { dtype: "uint8" as const, shape: [count], data: labels }] as const,
    ];
  });
  return new Map(arrays.map(([name, array]) => [name, new Uint8Array(encodeNpy(array))]));
}

interface Request {
  readonly models: readonly LessonModel[];
  readonly sources: { readonly folder: string; readonly recordUrl: string; readonly weightsUrl?: string };
  readonly runs: string;
  readonly json: boolean;
}

function childArgs(request: Request, ...everyMs: readonly string[]): string[] {
  return programArgs(join(PROJECT_ROOT, "tests/commands/lesson_child.ts"), JSON.stringify(request), ...everyMs);
}

async function lesson(
  request: Request,
  env: Record<string, string>,
  ...everyMs: readonly string[]
): Promise<Finished> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: childArgs(request, ...everyMs),
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  return { status: code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test("the lesson downloads its images, trains each model with each seed, and prints both beside the lesson's figures", async () => {
  await withTemporaryFolder((folder) =>
    withZenodo(
      async ({ recordUrl }) => {
        const images = join(folder, "images");
        const runs = join(folder, "runs");
        const env = emptyFeatureCache(folder);
        const request = { models: RANDOM, sources: { folder: images, recordUrl }, runs };
        const { status, stdout, stderr } = await lesson({ ...request, json: false }, env);
        assert.deepEqual([status, stderr], [0, ""]);
        // Ids count seconds: two runs that begin in the same one are listed by their names.
        const configs = listRuns(runs).map(({ config }) => readRunConfig(config));
        const options = configs.sort((one, other) => one.created.localeCompare(other.created)).map(({ options }) =>
          options
        );
        assert.deepEqual(options.map(({ data, seed, base }) => [data, seed, base]), [
          [images, 1, "squeezenet11"],
          [images, 2, "squeezenet11"],
          [images, 3, "squeezenet11"],
          [images, 2, "lesson-cnn"],
        ]);
        const table = stdout.slice(stdout.lastIndexOf("a base\n")).split("\n");
        const row = /^[A-D ] Headlight +\d +[01]\.\d{3} +\d\.\d{3}–\d\.\d{3} +[01]\.\d{3} +[12] of 2 +\S+s$/;
        assert.equal(table[0], "a base");
        assert.match(table[1] ?? "", /^ {2}the lesson +2 +0\.652 +0\.\d{3}–0\.\d{3} +0\.648 +21 of 26$/);
        for (const line of table.slice(2, 5)) assert.match(line, row);
        assert.match(table[5] ?? "", /^ {2}mean +[01]\.\d{3} +[01]\.\d{3}$/);
        assert.equal(table[6], "from scratch");
        assert.match(table[7] ?? "", /^ {2}the lesson /);
        assert.match(table[8] ?? "", row);
        assert.match(stdout, /exact\s+McNemar\s+test|predict\s+the\s+same\s+of\s+their/);

        const again = await lesson({ ...request, json: true, models: RANDOM.slice(1) }, env);
        const { models } = lessonSchema.parse(JSON.parse(again.stdout.trimEnd().split("\n").at(-1) ?? ""));
        assert.deepEqual(models.map(({ rows }) => rows.map(({ who, seed }) => [who, seed])), [
          [["the lesson", 2], ["Headlight", 2]],
        ]);
        assert.equal(models[0]?.rows[1]?.run, basename(listRuns(runs)[0]?.path ?? ""));
      },
      undefined,
      standIns(),
    )
  );
});

Deno.test("without a connection the lesson says where to put the images and the weights, with status 2 and no run", async () => {
  await withTemporaryFolder(async (folder) => {
    const images = join(folder, "images");
    const runs = join(folder, "runs");
    const models = [{ name: "DenseNet121", lesson: LESSON, seeds: [1], options: { weights: "imagenet" } }];
    const sources = { folder: images, recordUrl: NOWHERE, weightsUrl: NOWHERE };
    const { status, stdout, stderr } = await lesson({ models, sources, runs, json: false }, { XDG_CACHE_HOME: folder });
    assert.deepEqual([status, stdout.split("\n").toSorted()], [
      2,
      ["", "downloading Dollar Street 10", "downloading the weights of DenseNet121"],
    ]);
    const [data = "", weights = "", then = "", ...others] = stderr.trimEnd().split("\n");
    assert.deepEqual(others, []);
    assert.match(data, /^headlight: Dollar Street 10 cannot be downloaded: .*127\.0\.0\.1/);
    assert.ok(data.endsWith(` Put the four .npy files of https://zenodo.org/records/10970014 into ${images}.`), data);
    assert.match(weights, /^headlight: The ImageNet weights of DenseNet121 cannot be downloaded: .*127\.0\.0\.1/);
    assert.match(
      weights,
      /Download https:\S+densenet121_weights\S+notop\.h5 on another machine, and copy the file to /,
    );
    assert.ok(weights.endsWith(`${folder}/headlight/weights/densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5.`));
    assert.match(then, /^headlight: Then run this again: .* lesson$/);
    assert.deepEqual(listRuns(runs), []);
  });
});

Deno.test("downloads of the lesson are reported with --json and at a terminal without a status line", async () => {
  await withTemporaryFolder(async (folder) => {
    const models = [{ name: "DenseNet121", lesson: LESSON, seeds: [1], options: { weights: "imagenet" } }];
    const sources = { folder: join(folder, "images"), recordUrl: NOWHERE, weightsUrl: NOWHERE };
    const request = { models, sources, runs: join(folder, "runs") };
    const env = { XDG_CACHE_HOME: folder };

    const { status, stdout, stderr } = await lesson({ ...request, json: true }, env, "0");
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, /^headlight: downloading Dollar Street 10: 0 B/m);
    assert.match(stderr, /^headlight: downloading the weights of DenseNet121: 0 B/m);

    const dumb = { columns: 200, rows: 20, env: { ...env, TERM: "dumb", NO_COLOR: "1" } };
    const terminal = new PseudoTerminal(Deno.execPath(), childArgs({ ...request, json: false }), dumb);
    try {
      assert.equal(await terminal.exited, 2);
      const lines = terminal.output.split("\r\n");
      assert.ok(lines.includes("downloading Dollar Street 10"), terminal.output);
      assert.ok(lines.includes("downloading the weights of DenseNet121"), terminal.output);
    } finally {
      await terminal.end();
    }
  });
});

Deno.test("the lesson downloads published weights, and trains on them", async () => {
  // No hash of MobileNetV2's file is published, so any that fits is accepted.
  const published = publishedBytes("mobilenet_v2.h5");
  await withTemporaryFolder((folder) =>
    withZenodo(
      ({ recordUrl }) =>
        withServer(published, {}, async ({ url, ranges }) => {
          const runs = join(folder, "runs");
          const cache = join(folder, "headlight");
          const { XDG_CACHE_HOME = "" } = emptyFeatureCache(folder);
          // The machine's own cache must neither have the weights nor get them.
          Deno.removeSync(join(cache, "weights"));
          const models = [{
            name: "a base",
            lesson: LESSON,
            seeds: [1],
            options: { ...SMALL, base: "mobilenet_v2", weights: "imagenet" },
          }];
          const sources = { folder: join(folder, "images"), recordUrl, weightsUrl: url };
          const { status, stderr } = await lesson({ models, sources, runs, json: true }, { XDG_CACHE_HOME });
          assert.deepEqual([status, stderr, ranges.length], [0, "", 1]);
          const [run] = listRuns(runs);
          assert.equal(readRunConfig(run?.config ?? "").resolved?.weights.kind, "published");
        }),
      undefined,
      standIns(),
    )
  );
});
