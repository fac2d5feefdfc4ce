/** Tests that the graph of an engine beside TensorFlow is made without both in one process. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { provisionEngine } from "../../src/engine/engines/provision.ts";
import { openGraphBase } from "../../src/features/base/graph_base.ts";
import { runExtractor } from "../../src/features/extractor_process.ts";
import type { ExtractionSpec, Job } from "../../src/features/job.ts";
import { makeElsewhere } from "../../src/features/make_elsewhere.ts";
import { cacheRoot } from "../../src/paths.ts";
import { graphEngine, openvinoEngine } from "../engine.ts";
import { withTemporaryFolder } from "../support.ts";
import { madeUpImages } from "./made_up.ts";
import { DEMO, specFor } from "./small_set.ts";

const { tf, ...loaded } = await openvinoEngine();
const engine = graphEngine({ tf, ...loaded });
const IMAGES = { height: 64, width: 64, dtype: "uint8" } as const;
const LIBRARIES = { tensorflow: /\/libtensorflow[^/]*\.so/, openvino: /\/libopenvino[^/]*\.so/ };

async function openvinoSpec(): Promise<ExtractionSpec> {
  const { files } = await provisionEngine("openvino", { cacheRoot: cacheRoot(), onProgress: () => {} });
  return await specFor(DEMO, { engine: files });
}

/** Performs a job, and returns which of the two libraries its process had loaded. */
async function librariesOf(job: Job): Promise<string[]> {
  const seen = new Set<string>();
  let timer: ReturnType<typeof setInterval> | undefined;
  const onStart = (pid: number) => {
    timer = setInterval(() => {
      const maps = mapsOf(pid);
      for (const [name, library] of Object.entries(LIBRARIES)) if (library.test(maps)) seen.add(name);
    }, 5);
  };
  try {
    for await (const report of runExtractor(job, { onStart })) assert.notEqual(report.type, "failed");
  } finally {
    clearInterval(timer);
  }
  return [...seen];
}

function mapsOf(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/maps`);
  } catch {
    return "";
  }
}

/** The features that a process computes whose cache is this folder. */
async function featuresIn(folder: string, spec: ExtractionSpec, makeElsewhere?: () => Promise<void>) {
  const place = { cacheRoot: folder, cores: navigator.hardwareConcurrency, makeElsewhere };
  const base = await openGraphBase(engine, spec, madeUpImages(8), place);
  const { features } = await base.features(madeUpImages(8));
  base.dispose();
  return features;
}

Deno.test({
  name:
    "a graph for OpenVINO is recorded by TensorFlow in one process and chosen by OpenVINO in another, bit by bit the same",
  fn: () =>
    withTemporaryFolder(async (folder) => {
      const spec = await openvinoSpec();
      const tensors = tf.memory().numTensors;
      const here = await featuresIn(join(folder, "here"), spec);
      const cache = join(folder, "elsewhere");
      const processes: [string, string[]][] = [];
      let recorded = "";
      await makeElsewhere({ spec, cacheRoot: cache, images: IMAGES }, async (job) => {
        if (job.kind === "record_graphs") recorded = job.folder;
        processes.push([job.kind, await librariesOf(job)]);
      });
      assert.deepEqual(processes, [["record_graphs", ["tensorflow"]], ["make_graph", ["openvino"]]]);
      assert.throws(() => Deno.statSync(recorded), Deno.errors.NotFound);
      const failing = () => Promise.reject(new Error("the graph is not in the cache"));
      assert.deepEqual(await featuresIn(cache, spec, failing), here);
      assert.equal(tf.memory().numTensors, tensors);
    }),
});

Deno.test("a graph for TensorFlow is made in one process", async () => {
  const kinds: string[] = [];
  const spec = await specFor(DEMO);
  await makeElsewhere({ spec, cacheRoot: "", images: IMAGES }, (job) => Promise.resolve(void kinds.push(job.kind)));
  assert.deepEqual(kinds, ["make_graph"]);
});

Deno.test("what was recorded is removed even if no graph can be chosen", async () => {
  const spec = await openvinoSpec();
  let folder = "";
  const making = makeElsewhere({ spec, cacheRoot: "", images: IMAGES }, (job) => {
    if (job.kind !== "record_graphs") return Promise.reject(new Error("killed"));
    folder = job.folder;
    Deno.writeTextFileSync(join(folder, "saved_model.pb"), "");
    return Promise.resolve();
  });
  await assert.rejects(making, /killed/);
  assert.throws(() => Deno.statSync(folder), Deno.errors.NotFound);
});
