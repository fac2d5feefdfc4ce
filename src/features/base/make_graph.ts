/** Makes a base's graph for an engine: records it, prepares it for the engine, and measures what has to be chosen. */
import type { BaseGraphs, GraphFolder, OpenedGraph, OpenOptions } from "../../engine/base_graphs.ts";
import type { BaseEngine, Tf } from "../../engine/engine.ts";
import type { Graph } from "../../engine/tensorflow/capture/graph.ts";
import { withSavedModel } from "../../engine/tensorflow/capture/session.ts";
import { sideBySide } from "../../engine/tensorflow/rewrite/side_by_side.ts";
import { isSystemError } from "../../files/system_error.ts";
import { nameOfBase } from "../../model/base_network.ts";
import {
  type BaseRecording,
  type GraphInput,
  type ImageKind,
  type OpenPlain,
  plainGraph,
  recordBase,
  rewriteNetwork,
  rewrittenGraph,
} from "./base_graph.ts";
import { loadBaseModel } from "./eager.ts";
import { choiceKey, graphKey } from "./graph_keys.ts";
import { type GraphFacts, GraphStore, type KeptGraph } from "./graph_store.ts";
import { choosePlain, type GraphTarget, type ImageCalls, plainInputs } from "./plain_graphs.ts";
import { readRecorded, writeRecorded } from "./recorded_graphs.ts";
import type { BaseSpec } from "./spec.ts";

/** An engine that computes bases from their graphs. */
export interface GraphEngine extends Pick<BaseEngine, "tf"> {
  readonly baseGraphs: BaseGraphs;
}

/** A graph, and what was chosen for it. */
export interface MadeGraph extends GraphFacts {
  readonly graph: Graph;
}

/** Where the graph is put, and with what it is made. */
export interface MakingPlace {
  readonly cacheRoot: string;
  /** The number of cores to use. */
  readonly cores: number;
  /**
   * The folder in which another process has recorded the graphs (`recordPlain`). Default: this process records them.
   */
  readonly recorded?: string | undefined;
}

/**
 * Makes the base's graph and puts it into the cache.
 *
 * @throws HeadlightError as `openGraphBase`
 */
export async function makeBaseGraph(
  engine: GraphEngine,
  spec: BaseSpec,
  kind: ImageKind,
  { cacheRoot, cores, recorded }: MakingPlace,
): Promise<void> {
  const { baseGraphs } = engine;
  const shapes = baseGraphs.shapes(cores, spec.precision);
  const target = { kind, shapes, store: new GraphStore(cacheRoot), cores };
  const key = graphKey(spec, kind, shapes);
  if (recorded === undefined) {
    await keepIfPossible(target.store, key, await makeGraph(engine, spec, target));
    return;
  }
  const name = nameOfBase(spec.base);
  const find = (input: GraphInput) => readRecorded(recorded, input);
  const open: OpenPlain = (input, options) => baseGraphs.open({ ...find(input), name }, options);
  const facts = await choosePlain(spec, target, open);
  const chosen = find({ images: kind, batch: facts.shape.batch });
  await unlessUnwritable(target.store.keepCopy(key, chosen, facts));
}

/**
 * Records a base and writes all graphs that `makeBaseGraph` needs to choose from.
 *
 * @param folder an empty folder
 * @throws HeadlightError as `openGraphBase`, and (1) if the folder cannot be written
 */
export async function recordPlain(tf: Tf, spec: BaseSpec, images: ImageCalls, folder: string): Promise<void> {
  const recording = await record(tf, spec, images.shapes.map(({ batch }) => batch));
  for (const input of await plainInputs(spec, images)) {
    writeRecorded(folder, input, plainGraph(recording, input.images, input.batch));
  }
}

/** Makes the base's graph in this process. @throws HeadlightError as `openGraphBase` */
export async function makeGraph(engine: GraphEngine, spec: BaseSpec, target: GraphTarget): Promise<MadeGraph> {
  const { baseGraphs } = engine;
  const { kind, shapes, store } = target;
  const tf = await engine.tf();
  const batchSizes = shapes.map(({ batch }) => batch);
  if (baseGraphs.rewritten) {
    const [{ batch, lanes }] = shapes;
    const key = choiceKey(spec, shapes);
    const known = spec.precision === "float32" ? null : store.findChoice(key);
    const recording = await record(tf, spec, batchSizes, rewriteNetwork);
    const { graph, chosen } = await rewrittenGraph(tf, recording, spec.precision, kind, batch, known);
    return { graph: sideBySide(graph, lanes), choice: chosen && { ...chosen, key }, shape: null };
  }
  const recording = await record(tf, spec, batchSizes);
  const name = nameOfBase(spec.base);
  const facts = await choosePlain(
    spec,
    target,
    ({ images, batch }, options) => openInMemory(baseGraphs, name, plainGraph(recording, images, batch), options),
  );
  return { graph: plainGraph(recording, kind, facts.shape.batch), ...facts };
}

/** Loads the base and records it, after which it is no longer needed. */
async function record(
  tf: Tf,
  spec: BaseSpec,
  batchSizes: readonly number[],
  rewrite?: (network: Graph) => Graph,
): Promise<BaseRecording> {
  const base = await loadBaseModel(tf, spec);
  try {
    return await recordBase(tf, base, spec, batchSizes, rewrite);
  } finally {
    base.dispose();
  }
}

/** Stores the graph. Returns null if the cache cannot be written, which only costs the next run a second. */
export function keepIfPossible(
  store: GraphStore,
  key: string,
  { graph, ...facts }: MadeGraph,
): Promise<KeptGraph | null> {
  return unlessUnwritable(store.keep(key, graph, facts));
}

async function unlessUnwritable(kept: Promise<KeptGraph>): Promise<KeptGraph | null> {
  try {
    return await kept;
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

/** Opens a graph from memory, by way of a temporary folder that is removed afterwards. */
export function openInMemory(
  baseGraphs: BaseGraphs,
  name: string,
  graph: Graph,
  options: OpenOptions,
): OpenedGraph {
  return withSavedModel(graph, (folder) => {
    const stored: GraphFolder = { folder, name, ports: graph };
    return baseGraphs.open(stored, options);
  });
}
