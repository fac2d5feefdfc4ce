/** The work of the extractor process (extractor_main.ts): reads its job, performs it and exits. */
import type { z } from "zod";
import { shareCores } from "../engine/share_cores.ts";
import { preferThreads } from "../engine/threads.ts";
import { trainerOf } from "../engine/engine.ts";
import { loadBaseEngine, loadEngine } from "../engine/engines/load.ts";
import type { MakeGraph } from "./base/graph_base.ts";
import { makeElsewhere } from "./make_elsewhere.ts";
import { engines } from "../engine/engines/list.ts";
import { makeBaseGraph, recordPlain } from "./base/make_graph.ts";
import { measureSpeed } from "./base/measure_speed.ts";
import { runExtractor } from "./extractor_process.ts";
import { at } from "../at.ts";
import { errorLine, HeadlightError, UnusableDataError } from "../errors.ts";
import { diskProblem } from "../files/room.ts";
import { surviveSizeLimit } from "../files/size_limit.ts";
import { LineReader } from "../line_reader.ts";
import { extractRows, type OnRows } from "./extractor.ts";
import { encodeReport, type Job, jobSchema, type Report } from "./job.ts";
import { allocateSingly } from "../heap.ts";
import { makeRandomWeights } from "./make_random_weights.ts";

/**
 * The size from which blocks of the process that makes a graph go back to the system as soon as they are freed. Making
 * DenseNet121's graph in bfloat16 then needs 80 MB less. The extractor's blocks are larger (`GLIBC_TUNABLES`), because
 * it runs the same graph for a long time.
 */
const SINGLE_BLOCK_BYTES = 65_536;

const encoder = new TextEncoder();

/** Writes a report with one call, so that no other output to the pipe comes in between. */
function report(message: Report): void {
  const bytes = encoder.encode(encodeReport(message));
  for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
}

async function perform(job: z.output<typeof jobSchema>): Promise<void> {
  const cores = navigator.hardwareConcurrency;
  const load = () => loadBaseEngine(job.spec.engine);
  if (job.kind === "make_random_weights") {
    return await makeRandomWeights(await loadEngine(job.spec.engine), job.spec, job.path);
  }
  preferThreads(shareCores(cores).threadsPerOp);
  const { spec } = job;
  if (job.kind === "record_graphs") {
    const { callShapes } = engines[spec.engine.kind];
    if (callShapes === null) throw new Error(`${spec.engine.kind} takes no graphs`);
    // TensorFlow records graphs, and trains where another engine computes the base.
    const { tf } = await loadEngine(trainerOf(spec.engine));
    return await recordPlain(tf, spec, { kind: job.images, shapes: callShapes(cores, spec.precision) }, job.folder);
  }
  const { cacheRoot } = job;
  if (job.kind === "make_graph") {
    const { kind, tf, baseGraphs } = await load();
    if (!baseGraphs) throw new Error(`${kind} takes no graphs`);
    // The speed of an engine that rewrites graphs itself is measured while its graph is made, and this would slow it
    // down.
    if (baseGraphs.rewritten) allocateSingly(SINGLE_BLOCK_BYTES);
    return await makeBaseGraph({ tf, baseGraphs }, spec, job.images, { cacheRoot, cores, recorded: job.recorded });
  }
  const makeGraph: MakeGraph = (images) => makeElsewhere({ spec, cacheRoot, images }, runToEnd);
  const place = { cacheRoot, cores, makeGraph };
  if (job.kind === "measure_speed") {
    return report({ type: "speed", images_per_second: await measureSpeed(await load(), spec, place, job.refused_too) });
  }
  const onRows: OnRows = (found, segment) =>
    report({ type: "rows", images: [...found], computed: segment !== null, segment: segment ?? undefined });
  const onWait = (hosts: readonly string[]) => report({ type: "waits", hosts: [...hosts] });
  await extractRows(load, job.spec, job.images, place, { onRows, onWait }, job.reach);
}

/** Performs a job in another process. It ends with this one, which holds the other end of its standard input. */
async function runToEnd(job: Job): Promise<void> {
  for await (const report of runExtractor(job, {})) {
    if (report.type === "failed") throw new HeadlightError(report.line, 1);
  }
}

/** Returns the first line of standard input, which is the only one; null if standard input closed before. */
function readLine(): string | null {
  const lines: string[] = [];
  // The line comes from the trainer and lists at most 100,000 images, so it needs no limit.
  const reader = new LineReader({ maxBytes: Infinity, onLine: (line) => lines.push(line), onTooLong: () => {} });
  const buffer = new Uint8Array(65_536);
  while (lines.length === 0) {
    const length = Deno.stdin.readSync(buffer);
    if (length === null) return null;
    reader.push(buffer.subarray(0, length));
  }
  return at(lines, 0);
}

surviveSizeLimit();
const line = readLine();
if (line === null) Deno.exit(0);
new Worker(new URL("./end_with_input.ts", import.meta.url), { type: "module" });
try {
  await perform(jobSchema.parse(JSON.parse(line)));
  Deno.exit(0);
} catch (error) {
  if (!(error instanceof HeadlightError)) console.error(error);
  report({
    type: "failed",
    line: errorLine(error),
    no_room: diskProblem(error) !== null,
    unusable: error instanceof UnusableDataError,
  });
  Deno.exit(1);
}
