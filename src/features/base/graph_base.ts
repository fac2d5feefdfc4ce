/** Runs the frozen base as one graph, which is cached between runs. */
import { at } from "../../at.ts";
import type { CallShape, OpenedGraph } from "../../engine/base_graphs.ts";
import { engines } from "../../engine/engines/list.ts";
import { baseNetwork, nameOfBase } from "../../model/base_network.ts";
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import { aboutBase } from "./about_base.ts";
import type { ImageKind } from "./base_graph.ts";
import { checkWeights } from "./base_layers.ts";
import type { FeatureRows, FrozenBase } from "./frozen_base.ts";
import { graphKey } from "./graph_keys.ts";
import { GraphStore, type KeptGraph } from "./graph_store.ts";
import { type GraphEngine, keepIfPossible, makeGraph, openInMemory } from "./make_graph.ts";
import { joinRows, padBatch, pieces } from "./pieces.ts";
import type { Rounding } from "./rounding.ts";
import { trimHeap } from "../../heap.ts";
import type { BaseSpec } from "./spec.ts";

/** Puts the graph for images of this kind into the cache, if it can be written. */
export type MakeGraph = (kind: ImageKind) => Promise<void>;

/**
 * Has the base's graph made if it is not cached. Needs no engine, so that this process can load its own afterwards: two
 * at once need 150 MB more.
 *
 * @returns whether the graph was missing. If it still is, it cannot be cached.
 */
export async function makeIfMissing(
  make: MakeGraph,
  spec: BaseSpec,
  images: ImageBatch,
  { cacheRoot, cores }: Pick<GraphPlace, "cacheRoot" | "cores">,
): Promise<boolean> {
  const { callShapes } = engines[spec.engine.kind];
  if (callShapes === null) return false;
  const kind = kindOf(images);
  if (new GraphStore(cacheRoot).has(graphKey(spec, kind, callShapes(cores, spec.precision)))) return false;
  await make(kind);
  return true;
}

/** Where the base's graph is cached, and what computes it. */
export interface GraphPlace {
  readonly cacheRoot: string;
  /** The number of cores to use. */
  readonly cores: number;
  /** See `BasePlace`. */
  readonly makeElsewhere?: MakeGraph | undefined;
}

/**
 * Opens the base's graph, or makes it in about a second if it is not cached. Computes the first images right away,
 * because only that shows whether a cached graph is usable; calling `features` with the same batch does not compute
 * them again.
 *
 * @param images a batch; all others must have the same size and kind of pixels
 * @throws HeadlightError if the weights file's hash is not the one in the features' keys, or its weights do not fit
 */
export async function openGraphBase(
  engine: GraphEngine,
  spec: BaseSpec,
  images: ImageBatch,
  place: GraphPlace,
): Promise<FrozenBase> {
  const kind = kindOf(images);
  const { featureWidth } = await baseNetwork(spec.base);
  const store = new GraphStore(place.cacheRoot);
  const shapes = engine.baseGraphs.shapes(place.cores, spec.precision);
  const key = graphKey(spec, kind, shapes);
  const use = await store.use(key, aboutBase(spec));
  const wanted = { ...place, images, kind, shapes, store, key, name: nameOfBase(spec.base), featureWidth };
  const opened = await openGraph(engine, spec, wanted).catch((error: unknown) => {
    use.release();
    throw error;
  });
  const { graph, shape, rounding } = opened;
  let { first } = opened;
  const size = shape.lanes * shape.batch;
  return {
    rounding,
    features: (batch) => Promise.try(compute, batch),
    dispose() {
      graph.dispose();
      use.release();
    },
  };

  function compute(batch: ImageBatch): FeatureRows {
    const { height, width, dtype } = kindOf(batch);
    if (height !== kind.height || width !== kind.width || dtype !== kind.dtype) {
      throw new Error(
        `images of ${height}×${width} ${dtype} among others of ${kind.height}×${kind.width} ${kind.dtype}`,
      );
    }
    const [call, ...rest] = pieces(batch, size);
    if (call === undefined) throw new RangeError("a batch without images has no features");
    const begun = batch === images && first ? first : runCall(graph, shape, wanted, call);
    first = null;
    return joinRows([...begun, ...rest.flatMap((piece) => runCall(graph, shape, wanted, piece))]);
  }
}

/** What a base's graph must give, and the base's name in errors. */
interface ExpectedRows {
  readonly name: string;
  readonly featureWidth: number;
}

interface WantedGraph extends GraphPlace, ExpectedRows {
  readonly images: ImageBatch;
  readonly kind: ImageKind;
  readonly shapes: readonly [CallShape, ...CallShape[]];
  readonly store: GraphStore;
  readonly key: string;
}

interface OpenedBase {
  readonly graph: OpenedGraph;
  readonly shape: CallShape;
  /** The rows of the first call; null if none was run. */
  readonly first: FeatureRows[] | null;
  readonly rounding: Rounding | null;
}

async function openGraph(engine: GraphEngine, spec: BaseSpec, wanted: WantedGraph): Promise<OpenedBase> {
  const { images, kind, name, shapes, store, key, cores, makeElsewhere } = wanted;
  const opened = await openCached();
  if (opened) return opened;
  if (makeElsewhere) {
    await makeElsewhere(kind);
    const made = await openCached();
    if (made) return made;
  }
  const made = await makeGraph(engine, spec, { kind, shapes, store, cores });
  const kept = await keepIfPossible(store, key, made);
  const again = kept && openKept(kept);
  if (again) return again;
  // If another process has just removed the cached graph, the one in memory is used.
  const shape = made.shape ?? shapes[0];
  const graph = openInMemory(engine.baseGraphs, name, made.graph, { shape, cores, precision: precisionOf(made) });
  return { graph, shape, first: null, rounding: made.choice?.rounding ?? null };

  /** Returns null if there is no usable graph in the cache. */
  async function openCached(): Promise<OpenedBase | null> {
    const kept = await store.find(key);
    if (!kept) return null;
    await checkWeights(spec);
    const opened = openKept(kept);
    if (!opened) store.forget(key);
    return opened;
  }

  /** Returns null if the engine cannot open the graph or the graph does not compute features. */
  function openKept(kept: KeptGraph): OpenedBase | null {
    let graph: OpenedGraph | null = null;
    const shape = kept.shape ?? shapes[0];
    try {
      graph = engine.baseGraphs.open({ ...kept, name }, { shape, cores, precision: precisionOf(kept) });
      // The first run optimizes the graph, which needs the most: 380 MB with two towers of DenseNet121 in TensorFlow.
      trimHeap();
      // TensorFlow only checks the outputs on the first run.
      const first = runCall(graph, shape, wanted, at(pieces(images, shape.lanes * shape.batch), 0));
      return { graph, shape, first, rounding: kept.choice?.rounding ?? null };
    } catch {
      // Making the graph again either repairs this or reports the actual error.
      graph?.dispose();
      return null;
    }
  }
}

/** Returns the precision in which a graph is computed: bfloat16 may have been refused. */
function precisionOf({ choice }: Pick<KeptGraph, "choice">) {
  return choice === null || choice.plan === null ? "float32" : "bfloat16";
}

/**
 * Computes the rows of at most as many images as a call has, one piece per lane.
 * @throws Error if the graph's output does not have the size of features
 */
function runCall(
  graph: OpenedGraph,
  { batch, lanes }: CallShape,
  { name, featureWidth }: ExpectedRows,
  call: ImageBatch,
): FeatureRows[] {
  const perLane = pieces(padBatch(call, lanes * batch), batch);
  const found = graph.run(perLane.map(({ pixels }) => pixels));
  if (found.length !== lanes || found.some(({ length }) => length !== batch * featureWidth)) {
    throw new Error(`the graph of ${name} gives no features of shape ${batch},${featureWidth}`);
  }
  return found.map((values, lane) => {
    const rows = clamp(call.count - lane * batch, 0, batch);
    return { features: values.subarray(0, rows * featureWidth), rows, width: featureWidth };
  });
}

function kindOf({ height, width, pixels }: ImageBatch): ImageKind {
  return { height, width, dtype: pixels instanceof Uint8Array ? "uint8" : "float32" };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
