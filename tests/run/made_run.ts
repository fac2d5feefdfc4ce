/** Run folders as a trainer leaves them, made without any training. */
import { dirname, join } from "node:path";
import { runOptionsSchema } from "../../src/config.ts";
import { type EpochFigures, EVENT_VERSION, type EventBody } from "../../src/events.ts";
import { FIGURE_NAMES } from "../../src/metrics.ts";
import { type RunDirectory, runDirectory } from "../../src/run/folder/directory.ts";
import { repeatCommand } from "../../src/run/repeat.ts";
import { type RunConfig, writeRunConfig } from "../../src/run/folder/run_config.ts";
import { historyCsvHead, historyCsvRow } from "../../src/training/history.ts";

export interface MadeRun {
  readonly created?: string;
  readonly options?: Record<string, unknown>;
  readonly dataName?: string;
  readonly valAccuracy?: readonly number[];
  /** The events after those of the epochs. By default, a regular end. */
  readonly then?: readonly EventBody[];
}

export function figures(epoch: number, valAccuracy: number): EpochFigures {
  const given = Number.isFinite(valAccuracy) ? valAccuracy : null;
  return { epoch, loss: 1 / epoch, accuracy: 0.5, val_loss: 2 / epoch, val_accuracy: given };
}

export function endOf(id: string, change: Partial<Extract<EventBody, { type: "end" }>> = {}): EventBody {
  return {
    type: "end",
    reason: "completed",
    epochs: 3,
    best: figures(2, 0.6),
    last: figures(3, 0.5),
    seconds: { total: 6, prepare: 1, extract: 2, train: 3 },
    run: id,
    directory: `/somewhere/${id}`,
    notices: [],
    ...change,
  };
}

/**
 * Writes config.json, events.jsonl, history.csv, summary.txt, a checkpoint with its links, and a lock without an owner.
 */
export function makeRun(path: string, made: MadeRun = {}): RunDirectory {
  const run = runDirectory(path);
  const { valAccuracy = [0.4, 0.6, 0.5], then = [endOf(run.id)] } = made;
  Deno.mkdirSync(join(run.checkpoints, "epoch-0002"), { recursive: true });
  Deno.writeTextFileSync(join(run.checkpoints, "epoch-0002", "weights.bin"), "1234567890");
  for (const link of ["best", "last"]) Deno.symlinkSync("epoch-0002", join(run.checkpoints, link));
  writeRunConfig(run.config, madeConfig(path, made));
  Deno.writeTextFileSync(run.lock, JSON.stringify({ pid: 1, host: "h", socket: "/nowhere" }) + "\n");
  Deno.writeTextFileSync(run.summary, 'Model: "functional"\n Total params: 1\n\n');
  const rows = valAccuracy.map((value, index) =>
    historyCsvRow(FIGURE_NAMES, index + 1, {
      loss: 1 / (index + 1),
      accuracy: 0.5,
      val_loss: 2 / (index + 1),
      val_accuracy: value,
    })
  );
  Deno.writeTextFileSync(run.history, historyCsvHead(FIGURE_NAMES) + rows.join(""));
  const epochs = valAccuracy.map((value, index): EventBody => ({
    ...{ type: "epoch", ...figures(index + 1, value), epochs: 30, seconds: 1, learning_rate: 0.001 },
  }));
  writeEvents(run, [{ type: "phase", name: "prepare", total: 0 }, ...epochs, ...then]);
  return run;
}

export function writeEvents(run: RunDirectory, bodies: readonly EventBody[]): void {
  const lines = bodies.map((body, index) =>
    JSON.stringify({ seq: index + 1, time: "2026-11-23T20:55:01.000Z", v: EVENT_VERSION, ...body }) + "\n"
  );
  Deno.writeTextFileSync(run.events, lines.join(""));
}

function madeConfig(
  path: string,
  { created = "2026-11-23T20:55:01.000Z", options = {}, dataName }: MadeRun,
): RunConfig {
  const asked = { ...runOptionsSchema.parse(options), runs: dirname(path) };
  const resolved: RunConfig["resolved"] = {
    data: { kind: "demo", seed: 10 },
    data_name: dataName ?? "demo",
    classes: ["day bed", "dish\x1b[31mrag"],
    train: 878,
    validation: 293,
    per_class: { train: [600, 278], validation: [200, 93] },
    weights: { kind: "random", path: "/cache/random.h5", sha256: "00ff" },
    preprocess: "scale",
    engine: { kind: "wasm", version: "4.22.0", device: "cpu" },
  };
  return {
    version: 1,
    created,
    options: asked,
    resolved,
    notices: [],
    machine: { host: "h", os: "linux", cpu: "c", cores: 2, memory_bytes: 1 },
    versions: { headlight: "0.1.0" },
    repeat: repeatCommand({ options: asked, resolved }),
  };
}
