/** A run from its directory to its end. The trainer process is this and nothing else. */
import process from "node:process";
import { errorLine, HeadlightError } from "../errors.ts";
import { explainSystemError } from "../files/system_error.ts";
import { loadEngine } from "../engine/load.ts";
import { bases } from "../model/bases.ts";
import { describe } from "../model/layers.ts";
import { modelParameters } from "../model/parameters.ts";
import { renderSummary } from "../model/summary.ts";
import { type ModelOptions, wholeModel } from "../model/whole.ts";
import { Control } from "../training/control.ts";
import { resolveMode } from "../training/early_stopping.ts";
import { answer } from "./answers.ts";
import { CheckpointStore } from "./checkpoint_store.ts";
import { ControlServer } from "./control_server.ts";
import type { RunDirectory } from "./directory.ts";
import { EventLog } from "./event_log.ts";
import { extractPhase } from "./extract_phase.ts";
import { Journal } from "./journal.ts";
import { Ledger } from "./ledger.ts";
import { takeOwnership } from "./owner.ts";
import { OwnerWatch } from "./owner_watch.ts";
import { planExtraction } from "./plan.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { readRunConfig, type RunConfig, writeRunConfig } from "./run_config.ts";
import { socketPath } from "./socket_path.ts";
import { trainingOptions, trainPhase } from "./train_phase.ts";

/** How long viewers are waited for, to take the last events, before the trainer goes. */
const FAREWELL_MS = 1000;

type Outcome = Parameters<Ledger["end"]>[2];

/**
 * Owns the run, trains it, and says everything in the log and on the socket. Returns the exit status.
 * @param ownerPid the viewer whose loss ends the run, or null.
 */
export async function runTrainer(run: RunDirectory, ownerPid: number | null): Promise<number> {
  const socket = socketPath(run.path);
  const lock = takeOwnership(run.lock, socket);
  if (!lock) throw new HeadlightError(`${run.id} belongs to a living trainer: watch it with deno task watch ${run.id}`);
  const log = new EventLog(run.events);
  const journal = new Journal(log);
  const ledger = new Ledger();
  const control = new Control();
  let ended = false;
  const lost = () => control.requestStop({ signal: "SIGTERM" });
  const owner = new OwnerWatch(ownerPid, lost);
  const server = await ControlServer.listen(socket, {
    eventsAfter: (seq) => log.after(seq),
    command: (command) => answer(command, { phase: ledger.phase, ended }, control),
    ownerLost: lost,
    ownerCame: () => owner.stop(),
  });
  journal.listen((event) => server.publish(event));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => control.requestStop({ signal }));
  // A hang-up of the terminal it was started from is no reason to end.
  process.on("SIGHUP", () => {});

  const config = readRunConfig(run.config);
  const outcome = await session(run, config, { journal, ledger, control })
    .catch((error) => failed(error, `writing to ${run.path}`));
  const { monitor, mode } = config.options;
  try {
    journal.say(ledger.end(run, { monitor, mode: resolveMode(mode, monitor) }, outcome));
    journal.sync();
  } catch (error) {
    // The disk that ended the run does not take its end either; viewers have it from the socket.
    console.error(errorLine(error));
  }
  ended = true;
  owner.stop();
  await server.close(FAREWELL_MS);
  log.close();
  lock.release();
  return exitStatus(outcome);
}

interface Means {
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly control: Control;
}

/** Prepares, extracts, trains. Ends early where a stop was asked for. */
async function session(run: RunDirectory, config: RunConfig, { journal, ledger, control }: Means): Promise<Outcome> {
  const { options } = config;
  journal.say({ type: "phase", name: "prepare", total: 0 });
  const prepared = await untilStopped(
    prepare(options, (progress) => journal.progress({ phase: "prepare", ...progress }), control.stopped),
    control,
  );
  if (!prepared) return stoppedOutcome(control);
  ledger.notices = prepared.notices;
  const resolved = resolve(config, prepared);
  writeRunConfig(run.config, resolved);
  sayRun(run, resolved, prepared, journal);

  ledger.enter("extract");
  const { dataset } = prepared;
  journal.say({ type: "phase", name: "extract", total: dataset.train.count + dataset.validation.count });
  // Loading the engine takes a second; the extractor has its own to load meanwhile.
  const [data, engine] = await Promise.all([
    extractPhase(planExtraction(prepared, options), dataset, control, journal),
    loadEngine(prepared.engine),
  ]);
  if (!data) return stoppedOutcome(control);

  ledger.enter("train");
  journal.say({ type: "phase", name: "train", total: options.epochs });
  const store = new CheckpointStore(run.checkpoints, {
    run: run.id,
    base: options.base,
    base_weights_sha256: prepared.weights.sha256,
    preprocess: prepared.preprocess,
    size: options.size,
    pooling: options.pooling,
    classes: [...dataset.classes],
  }, options.dropout);
  const { reason, signal } = await trainPhase({
    run,
    engine,
    data,
    options: trainingOptions(options, dataset.classes.length),
    store,
    journal,
    ledger,
    control,
  });
  return { reason, ...(signal ? { signal } : {}) };
}

function resolve(config: RunConfig, { source, dataset, weights, preprocess, engine, notices }: Prepared): RunConfig {
  return {
    ...config,
    notices: [...notices],
    resolved: {
      data: source,
      data_name: dataset.name,
      classes: [...dataset.classes],
      train: dataset.train.count,
      validation: dataset.validation.count,
      weights,
      preprocess,
      engine,
    },
  };
}

function sayRun(run: RunDirectory, config: RunConfig, prepared: Prepared, journal: Journal): void {
  const { options } = config;
  const { dataset, weights, preprocess, engine, notices } = prepared;
  const model: ModelOptions = {
    ...options,
    classes: dataset.classes.length,
    inputHeight: dataset.height,
    inputWidth: dataset.width,
  };
  Deno.writeTextFileSync(run.summary, renderSummary(describe(wholeModel(model))) + "\n");
  journal.say({
    type: "run",
    id: run.id,
    directory: run.path,
    name: options.name ?? null,
    config: { ...config },
    dataset: {
      name: dataset.name,
      train: dataset.train.count,
      validation: dataset.validation.count,
      height: dataset.height,
      width: dataset.width,
      classes: [...dataset.classes],
    },
    model: {
      base: bases[options.base].displayName,
      weights: weights.kind,
      preprocess,
      size: options.size,
      pooling: options.pooling,
    },
    parameters: modelParameters(model),
    engine: { kind: engine.kind, version: engine.version, device: "cpu" },
    epochs: options.epochs,
    notices: [...notices],
  });
}

/** The work's result, or null as soon as a stop is asked for; what the work does after that is nobody's business. */
async function untilStopped<T>(work: Promise<T>, control: Control): Promise<T | null> {
  const stopped = new Promise<null>((resolve) => {
    if (control.stopped.aborted) resolve(null);
    control.stopped.addEventListener("abort", () => resolve(null), { once: true });
  });
  work.catch(() => {});
  return await Promise.race([work, stopped]);
}

function stoppedOutcome({ stop }: Control): Outcome {
  return stop?.signal ? { reason: "interrupted", signal: stop.signal } : { reason: "stopped" };
}

function failed(thrown: unknown, doing: string): Outcome {
  const error = explainSystemError(thrown, doing);
  if (!(error instanceof HeadlightError)) console.error(error);
  return { reason: "failed", error: errorLine(error) };
}

function exitStatus({ reason, signal }: Outcome): number {
  if (reason === "failed") return 1;
  if (reason === "interrupted") return signal === "SIGINT" ? 130 : 143;
  return 0;
}
