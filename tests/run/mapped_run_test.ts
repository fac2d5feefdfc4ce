/** Runs whose feature rows are mapped from the store, because they are many for the memory that the trainer is told of. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { mayBeMapped } from "../../src/features/rows/mapped_rows.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { programArgs } from "../../src/program.ts";
import { listRuns } from "../../src/run/folder/find_run.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { LIGHT_SIZE, writeLightBase } from "../bench/light_base.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, headlight } from "../process.ts";
import { needs, withTemporaryFolder } from "../support.ts";
import { writeArrays } from "./made_arrays.ts";
import { runPasted } from "./pasted.ts";

await tensorflowEngine();

const ignore = !await withTemporaryFolder(mayBeMapped);

function mappedTest(name: string, body: (folder: string) => Promise<void>): void {
  const fn = () => withTemporaryFolder(body);
  Deno.test({ name: ignore ? name + needs("Linux, and temporary files on a local disk") : name, ignore, fn });
}

/** What the trainer is told of the memory. */
interface Memory {
  readonly mappedFromBytes: number;
  readonly freeBytes: number;
}
const COPIED: Memory = { mappedFromBytes: Infinity, freeBytes: Infinity };
const MAPPED: Memory = { mappedFromBytes: 1, freeBytes: Infinity };
/** Not even a single image fits. */
const FULL: Memory = { mappedFromBytes: 1, freeBytes: 0 };

/** More images than are shuffled together in a memory that is full. */
const MANY = 4300;

/** Trains a head on features of the light base. Returns what is known of the run, and the files mapped at its end. */
async function trained(folder: string, data: string, memory: Memory) {
  const runs = Deno.makeTempDirSync({ dir: folder, prefix: "runs " });
  const base = join(folder, "light.h5");
  const options = { data, base, size: LIGHT_SIZE, epochs: 2, engine: "tensorflow" };
  const child = join(PROJECT_ROOT, "tests", "run", "row_memory_child.ts");
  const { mappedFromBytes, freeBytes } = memory;
  const args = [runs, JSON.stringify(options), String(mappedFromBytes), String(freeBytes)];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: programArgs(child, ...args),
    env: cacheIn(folder),
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const mapped = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  return { runs, mapped, ...runIn(runs) };
}

/** Returns the newest run in a folder. */
function runIn(runs: string) {
  const path = listRuns(runs).map((run) => run.path).sort().at(-1) ?? "";
  const { options, features, repeat } = readRunConfig(join(path, "config.json"));
  return { path, options, features, repeat: repeat ?? "", history: historyOf(path) };
}

function historyOf(run: string): string {
  return Deno.readTextFileSync(join(run, "history.csv"));
}

/** The runs of a test share a cache of their own. */
function cacheIn(folder: string): { XDG_CACHE_HOME: string } {
  return { XDG_CACHE_HOME: join(folder, "cache") };
}

async function prepare(folder: string, images: number): Promise<string> {
  emptyFeatureCache(join(folder, "cache"));
  await writeLightBase(join(folder, "light.h5"));
  return writeArrays(folder, 1, images);
}

mappedTest(
  "a run whose rows are mapped trains on the same features to the same figures as one that copies them",
  async (folder) => {
    const data = await prepare(folder, 200);
    const copied = await trained(folder, data, COPIED);
    const mapped = await trained(folder, data, MAPPED);
    assert.deepEqual(copied.mapped, []);
    assert.ok(mapped.mapped.length > 0, "its rows were not mapped");
    assert.ok(copied.features);
    assert.deepEqual(mapped.features, copied.features);
    assert.equal(mapped.history, copied.history);
    assert.equal(mapped.history.trim().split("\n").length, 3);
  },
);

mappedTest(
  "a run whose rows do not fit into memory is repeated and extended in its order where they do",
  async (folder) => {
    const data = await prepare(folder, MANY);
    const one = await trained(folder, data, FULL);
    assert.equal(one.options.shuffle_together, 4096);
    assert.match(one.repeat, / --shuffle-together 4096 /);
    const said = readEvents(join(one.path, "events.jsonl")).flatMap((event) =>
      event.type === "log" ? [event.text] : []
    );
    for (const what of [/^The training features \(17\.6 MB\) need more than half/, /shuffles 4,096 images at a time/]) {
      assert.equal(said.filter((text) => what.test(text)).length, 1, said.join("\n"));
    }
    const env = cacheIn(folder);
    await runPasted(one.repeat, env);
    const again = runIn(one.runs);
    assert.notEqual(again.path, one.path);
    assert.equal(again.history, one.history);
    assert.equal(again.repeat, one.repeat);

    const { status, stderr } = await headlight(["train", "--resume", one.path, "--epochs", "3"], { env });
    assert.equal(status, 0, stderr);
    await runPasted(`${one.repeat} --epochs 3`, env);
    assert.equal(historyOf(one.path), runIn(one.runs).history);

    // Where they fit, the run has Keras's order, and its command names that for machines with less memory.
    const fitting = await trained(folder, data, MAPPED);
    assert.deepEqual(fitting.features, one.features);
    assert.notEqual(fitting.history, one.history);
    assert.match(fitting.repeat, / --shuffle-together all /);
    const copied = await trained(folder, data, COPIED);
    assert.equal(copied.history, fitting.history);
    assert.doesNotMatch(copied.repeat, /--shuffle-together/);
  },
);
