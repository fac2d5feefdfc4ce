/** Makes a base's graph for an engine: records it, prepares it for the engine, and measures what has to be chosen. */
import type { BaseGraphs, CallShape, GraphFolder, OpenedGraph, OpenOptions } from "../../engine/base_graphs.ts";
import type { BaseEngine, Tf } from "../../engine/engine.ts";
import type { Graph } from "../../engine/tensorflow/capture/graph.ts";
import { withSavedModel } from "../../engine/tensorflow/capture/session.ts";
import { sideBySide } from "../../engine/tensorflow/rewrite/side_by_side.ts";
import { trimHeap } from "../../heap.ts";
import { isSystemError } from "../../files/system_error.ts";
import { nameOfBase } from "../../model/base_network.ts";
import {
  type BaseRecording,
  type ImageKind,
  plainGraph,
  recordBase,
  rewriteNetwork,
  rewrittenGraph,
} from "./base_graph.ts";
import type { ChosenPlan } from "./choose_plan.ts";
import { loadBaseModel } from "./eager.ts";
import { fastestShape } from "./fastest_shape.ts";
import { choiceKey, graphKey } from "./graph_keys.ts";
import { type GraphFacts, GraphStore, type KeptGraph } from "./graph_store.ts";
import { measureBfloat16 } from "./measure_bfloat16.ts";
import type { BaseSpec } from "./spec.ts";

/** An engine that computes bases from their graphs. */
export interface GraphEngine extends Pick<BaseEngine, "tf"> {
  readonly baseGraphs: BaseGraphs;
}

/** A graph, and what was chosen for it. */
export interface MadeGraph extends GraphFacts {
  readonly graph: Graph;
}

/** What a graph is made for. */
export interface GraphTarget {
  readonly kind: ImageKind;
  readonly shapes: readonly [CallShape, ...CallShape[]];
  readonly store: GraphStore;
  readonly cores: number;
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
  { cacheRoot, cores }: { readonly cacheRoot: string; readonly cores: number },
): Promise<void> {
  const shapes = engine.baseGraphs.shapes(cores, spec.precision);
  const store = new GraphStore(cacheRoot);
  const made = await makeGraph(engine, spec, { kind, shapes, store, cores });
  await keepIfPossible(store, graphKey(spec, kind, shapes), made);
}

/** Makes the base's graph. @throws HeadlightError as `openGraphBase` */
export async function makeGraph(engine: GraphEngine, spec: BaseSpec, target: GraphTarget): Promise<MadeGraph> {
  const { baseGraphs } = engine;
  const { kind, shapes, store, cores } = target;
  const tf = await engine.tf();
  const key = choiceKey(spec, shapes);
  const known = spec.precision === "float32" ? null : store.findChoice(key);
  const rewrite = baseGraphs.rewritten ? rewriteNetwork : undefined;
  const recording = await record(tf, spec, shapes.map(({ batch }) => batch), rewrite);
  const withKey = (chosen: ChosenPlan | null) => chosen && { ...chosen, key };
  if (baseGraphs.rewritten) {
    const [{ batch, lanes }] = shapes;
    const { graph, chosen } = await rewrittenGraph(tf, recording, spec.precision, kind, batch, known);
    return { graph: sideBySide(graph, lanes), choice: withKey(chosen), shape: null };
  }
  const name = nameOfBase(spec.base);
  const open = (graph: Graph, options: OpenOptions) => {
    // Reading and compiling a graph needs the most.
    trimHeap();
    return openInMemory(baseGraphs, name, graph, options);
  };
  const chosen = spec.precision === "float32"
    ? null
    : known ?? await measureBfloat16(recording, { shape: shapes[0], cores, open });
  const precision = chosen === null || chosen.plan === null ? "float32" : spec.precision;
  const shape = fastestShape(
    shapes,
    kind,
    (shape) => open(plainGraph(recording, kind, shape.batch), { shape, cores, precision }),
  );
  return { graph: plainGraph(recording, kind, shape.batch), choice: withKey(chosen), shape };
}

/** Loads the base and records it, after which it is no longer needed. */
async function record(
  tf: Tf,
  spec: BaseSpec,
  batchSizes: readonly number[],
  rewrite: ((network: Graph) => Graph) | undefined,
): Promise<BaseRecording> {
  const base = await loadBaseModel(tf, spec);
  try {
    return await recordBase(tf, base, spec, batchSizes, rewrite);
  } finally {
    base.dispose();
  }
}

/** Stores the graph. Returns null if the cache cannot be written, which only costs the next run a second. */
export async function keepIfPossible(
  store: GraphStore,
  key: string,
  { graph, ...facts }: MadeGraph,
): Promise<KeptGraph | null> {
  try {
    return await store.keep(key, graph, facts);
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
