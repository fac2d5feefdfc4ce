import assert from "node:assert/strict";
import { join } from "node:path";
import { recipeHash } from "../../src/features/rows/recipe.ts";
import { RowStore } from "../../src/features/rows/row_store.ts";
import { extractorCommand, runExtractor } from "../../src/features/extractor_process.ts";
import { features } from "../../src/features/extraction.ts";
import {
  decodeReport,
  extractionSpecSchema,
  type ImageRequest,
  type Job,
  type Report,
} from "../../src/features/job.ts";
import { weightsHash } from "../../src/features/base/weights_hash.ts";
import { bases } from "../../src/bases/bases.ts";
import { readKerasWeights } from "../../src/model/keras_file.ts";
import { writeKerasWeights } from "../../src/model/write_keras_h5.ts";
import { leastMs, withTemporaryFolder } from "../support.ts";
import { findDescendant } from "../bench/process_tree.ts";
import { isAlive } from "../process.ts";
import { collect, SMALL_PLAN_BATCHES, smallPlan } from "./small_set.ts";

/** Returns the job that extracts all images of a small plan. */
async function smallJob(folder: string): Promise<Extract<Job, { kind: "extract" }>> {
  const { spec, dataset, cacheRoot } = await smallPlan(folder);
  const images: ImageRequest[] = [];
  for (const part of ["train", "validation"] as const) {
    const digests = await dataset[part].digests();
    images.push(...digests.map((digest, index) => ({ part, index, file: dataset[part].fileOf(index), digest })));
  }
  return { kind: "extract", spec, cacheRoot, images };
}

Deno.test("the extractor exits at once when its standard input closes in the middle of its work", async () => {
  const ms = await leastMs(1000, () =>
    withTemporaryFolder(async (folder) => {
      const extractor = extractorCommand().spawn();
      const input = extractor.stdin.getWriter();
      await input.write(new TextEncoder().encode(JSON.stringify(await smallJob(folder)) + "\n"));
      const reports: Report[] = [];
      let closedAt = 0;
      for await (const text of extractor.stdout.pipeThrough(new TextDecoderStream())) {
        for (const report of text.split("\n").map(decodeReport)) if (report) reports.push(report);
        if (closedAt > 0 || !reports.some(({ type }) => type === "rows")) continue;
        closedAt = performance.now();
        await input.close();
      }
      await extractor.status;
      const took = performance.now() - closedAt;
      const done = reports.filter(({ type }) => type === "rows").length;
      assert.ok(closedAt > 0 && done < SMALL_PLAN_BATCHES, `${done} batches were extracted`);
      return took;
    }));
  assert.ok(ms < 1000, `took ${ms} ms`);
});

Deno.test("an extractor whose standard input closes before there is a job exits silently", async () => {
  const extractor = extractorCommand().spawn();
  await extractor.stdin.close();
  const { code, stdout } = await extractor.output();
  assert.deepEqual({ code, bytes: stdout.length }, { code: 0, bytes: 0 });
});

Deno.test("the extractor reports each batch once it is in the store, and nothing else", async () => {
  await withTemporaryFolder(async (folder) => {
    const job = await smallJob(folder);
    const some = { ...job, images: job.images.slice(0, 50) };
    const reports: Report[] = [];
    for await (const report of runExtractor(some, {})) reports.push(report);
    const segments = reports.flatMap((report) => report.type === "rows" ? [report.segment] : []);
    assert.deepEqual(
      new Set(segments),
      new Set(new RowStore(job.cacheRoot, recipeHash(extractionSpecSchema.parse(job.spec))).names()),
    );
    const [first, second] = segments;
    const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, place) => from + place);
    assert.deepEqual(reports, [
      { type: "rows", images: numbers(0, 32), computed: true, segment: first },
      { type: "rows", images: numbers(32, 50), computed: true, segment: second },
    ]);
  });
});

Deno.test("an abort before the extractor has its engine ends it without waiting for it", async () => {
  await withTemporaryFolder(async (folder) => {
    const job = await smallJob(folder);
    const abort = new AbortController();
    const onStart = (pid: number) => {
      // A stopped extractor never gets its engine, so the iteration ends only if the abort kills the extractor.
      Deno.kill(pid, "SIGSTOP");
      setTimeout(() => abort.abort(), 300);
    };
    for await (const _ of runExtractor(job, { signal: abort.signal, onStart })) assert.fail("nothing was to come");
    assert.ok(abort.signal.aborted);
  });
});

/** Returns what a run reports if all values of one layer's kernel in its base are `value`. */
async function refusalOfKernel(layer: number, value: number): Promise<{ message: string; path: string }> {
  return await withTemporaryFolder(async (folder) => {
    const plan = await smallPlan(folder);
    const { path: whole } = plan.spec.weights;
    const layers = await readKerasWeights(whole, bases.squeezenet11.layers(96, "max"));
    layers.at(layer)?.weights[0]?.data.fill(value);
    const path = join(folder, "broken.h5");
    await writeKerasWeights(path, layers);
    const spec = { ...plan.spec, weights: { kind: "file", path, sha256: await weightsHash(path) } as const };
    let message = "";
    await assert.rejects(collect(features({ ...plan, spec })), (error: Error) => {
      assert.equal(error.name, "HeadlightError");
      message = error.message;
      return true;
    });
    return { message, path };
  });
}

Deno.test("weights that are NaN fail the run with one line that names the layer", async () => {
  const { message, path } = await refusalOfKernel(0, NaN);
  assert.equal(
    message,
    `${path}: layer conv1 has values in its kernel that are not finite. The file is damaged. Name another one with --weights`,
  );
});

Deno.test(
  "weights that make features NaN fail the run with one line that names the image",
  async () => {
    const { message, path } = await refusalOfKernel(-1, 3e38);
    assert.equal(
      message,
      `image 0 of train: its features are not finite, so the weights in ${path} are damaged. ` +
        "Name another file with --weights",
    );
  },
);

Deno.test("the graph is made in a process of its own, which the extractor's end ends too", async () => {
  await withTemporaryFolder(async (folder) => {
    const job = await smallJob(folder);
    const extractor = extractorCommand().spawn();
    const input = extractor.stdin.getWriter();
    await input.write(new TextEncoder().encode(JSON.stringify(job) + "\n"));
    const output = extractor.output();
    let maker: number | null = null;
    for (const untilMs = performance.now() + 30_000; maker === null && performance.now() < untilMs;) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      maker = findDescendant(extractor.pid, (words) => words.some((word) => word.endsWith("extractor_main.ts")));
    }
    assert.ok(maker !== null, "no process made the graph");
    extractor.kill("SIGKILL");
    await output;
    for (let left = 100; isAlive(maker) && left > 0; left--) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(!isAlive(maker), "the process that makes the graph outlived the extractor");
  });
});

/** Returns whether a process has loaded TensorFlow; null if it has exited. */
function hasEngine(pid: number): boolean | null {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/maps`).includes("libtensorflow");
  } catch {
    return null;
  }
}

Deno.test({
  name: "the extractor loads no engine while another process makes its graph, and has none made that is cached",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withTemporaryFolder(async (folder) => {
      const job = await smallJob(folder);
      const spec = { ...job.spec, precision: "bfloat16" as const };
      const watched = async (images: typeof job.images) => {
        const seen = { making: false, extracting: false, both: false };
        let extractor = 0;
        const watch = setInterval(() => {
          const maker = findDescendant(extractor, (words) => words.some((word) => word.endsWith("extractor_main.ts")));
          const loaded = hasEngine(extractor) === true;
          // The maker is looked at last: if it still has its engine then, both had one at the same time.
          const making = maker !== null && hasEngine(maker) === true;
          seen.making ||= making;
          seen.extracting ||= loaded;
          seen.both ||= loaded && making;
        }, 20);
        try {
          for await (const { type } of runExtractor({ ...job, spec, images }, { onStart: (pid) => extractor = pid })) {
            assert.equal(type, "rows");
          }
        } finally {
          clearInterval(watch);
        }
        return seen;
      };
      const { images } = job;
      assert.deepEqual(await watched(images.slice(0, 32)), { making: true, extracting: true, both: false });
      assert.deepEqual(await watched(images.slice(32, 64)), { making: false, extracting: true, both: false });
    });
  },
});
