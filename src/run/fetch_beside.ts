/** Fetches a faster engine beside a first run, for the runs after it. */
import { count } from "../counted.ts";
import type { EngineKind, RunOptions } from "../config.ts";
import { engines, USUAL_ENGINE } from "../engine/engines/list.ts";
import { worthwhileEngines } from "../engine/engines/worthwhile.ts";
import type { EnginePresence } from "../engine/engine.ts";
import { type Fetching, startFetch } from "../engine/fetching/start_fetch.ts";
import { errorLine } from "../errors.ts";
import { cacheRoot } from "../paths.ts";
import { type Machine, thisMachine } from "../features/speeds/speed_store.ts";
import type { BaseNetwork } from "../model/base_network.ts";
import { sentence } from "../sentence.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { sayStaying } from "./notices.ts";
import type { Prepared } from "./prepare.ts";
import { type DataSize, workloadOf } from "./workload.ts";

/** Set to "no", it keeps `auto` from fetching an engine that nobody named. */
const SWITCH = "HEADLIGHT_FETCH";

interface Services {
  readonly journal: Pick<Journal, "say">;
  readonly ledger: Ledger;
}

/**
 * Starts fetching an engine that would have won back its download on the data of this run, if `auto` chose the usual
 * one and the faster one is not here. The run does not wait for it.
 *
 * @returns a function that ends the fetch; to be called at the end of the run
 */
export async function fetchBeside(
  prepared: Prepared,
  options: RunOptions,
  services: Services,
): Promise<() => Promise<void>> {
  const kind = await engineToFetch(prepared, options);
  if (kind === null) return () => Promise.resolve();
  const { downloadBytes } = await engines[kind].inspect({ cacheRoot: cacheRoot() });
  return followFetch(kind, startOrFail(kind), { downloadBytes }, services);
}

/** The system may start no more processes, which must not end the run. */
function startOrFail(kind: EngineKind): Fetching {
  try {
    return startFetch(kind);
  } catch (error) {
    return { done: Promise.resolve({ type: "failed", why: errorLine(error) }), end: () => Promise.resolve() };
  }
}

/** Says what becomes of a fetch. Returns the function that ends it. */
export function followFetch(
  kind: EngineKind,
  fetching: Fetching,
  { downloadBytes }: Pick<EnginePresence, "downloadBytes">,
  services: Services,
): () => Promise<void> {
  const { name } = engines[kind];
  const info = (text: string) => services.journal.say({ type: "log", level: "info", text });
  info(
    `Downloading ${name} (${count(Math.round(downloadBytes / 1e6))} MB) beside the run, for later ones: it may be ` +
      `faster here. Set ${SWITCH}=no to prevent this.`,
  );
  const said = fetching.done.then((report) => {
    if (report?.type === "fetched") {
      info(`${name} ${report.version} is here. The next run with --engine auto on as much data measures it.`);
    }
    if (report?.type === "failed") {
      const text = `${name} could not be set up beside the run: ${
        sentence(report.why)
      } Set ${SWITCH}=no to prevent this.`;
      sayStaying([text], services);
    }
  });
  // The log may be on a full disk. The run reports that itself.
  said.catch(() => {});
  return () => fetching.end();
}

/** What decides whether an engine is fetched. */
export interface FetchFacts {
  readonly engine: Pick<Prepared["engine"], "kind">;
  /** Null for a network that is trained from scratch. */
  readonly network: Pick<BaseNetwork, "layers"> | null;
  readonly dataset: DataSize;
}

/** Where it is decided. The defaults are this process and this machine. */
export interface FetchPlace {
  readonly env?: (name: string) => string | undefined;
  readonly root?: string;
  readonly machine?: Machine;
}

/** Returns the engine that is worth its download on the data of a run; null if there is none, or if it is here. */
export async function engineToFetch(
  { engine, network, dataset }: FetchFacts,
  options: Pick<RunOptions, "engine" | "tensorflow" | "size" | "pooling" | "precision">,
  { env = (name) => Deno.env.get(name), root = cacheRoot(), machine = thisMachine() }: FetchPlace = {},
): Promise<EngineKind | null> {
  if (options.engine !== "auto" || options.tensorflow !== undefined || engine.kind !== USUAL_ENGINE) return null;
  // With a named TensorFlow, the list of engines does not tell whether another engine is set up beside it.
  if (network === null || env(SWITCH) === "no" || env("HEADLIGHT_TENSORFLOW")) return null;
  for (const kind of worthwhileEngines(workloadOf(network, dataset, options, machine))) {
    const { here, problem } = await engines[kind].inspect({ cacheRoot: root });
    if (!here && problem === null) return kind;
  }
  return null;
}
