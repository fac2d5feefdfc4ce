/** Runs the frozen base as one graph, which is cached between runs. */
import { createHash } from "node:crypto";
import type { Tf } from "../../engine/engine.ts";
import { GraphSession, openSession } from "../../engine/tensorflow/capture/session.ts";
import type { Graph } from "../../engine/tensorflow/capture/graph.ts";
import { at } from "../../at.ts";
import { baseNetwork, nameOfBase } from "../../model/base_network.ts";
import { sideBySide } from "../../engine/tensorflow/rewrite/side_by_side.ts";
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import { type ImageKind, recordBaseGraph } from "./base_graph.ts";
import { aboutBase } from "./about_base.ts";
import { checkWeights, loadBaseModel, takeRows } from "./eager.ts";
import type { FeatureRows, FrozenBase } from "./frozen_base.ts";
import { GraphStore, type KeptChoice, type KeptGraph } from "./graph_store.ts";
import { joinRows, padBatch, pieces } from "./pieces.ts";
import type { Rounding } from "./rounding.ts";
import { shareCores } from "./share_cores.ts";
import { type BaseSpec, EXTRACTOR_VERSION, keyOfBase, keyOfPrecision } from "./spec.ts";
import { isSystemError } from "../../files/system_error.ts";

/**
 * The number of images per tower and call. The features' bits depend on it, but not on the number of towers. Measured
 * with DenseNet121 at 160 on two cores, in images per second (float32 / bfloat16): one tower of 16: 57.4 / 97; two of
 * 8: 62 / 112; two of 4: 63 / 120. Memory grows with it.
 */
const TOWER_BATCH = 4;

/** Returns a hash over everything that determines a base's graph. */
export function graphKey(spec: BaseSpec, kind: ImageKind, towers: number): string {
  return hashOf({ ...facts(spec), towers, images: [kind.height, kind.width, kind.dtype] });
}

/** Returns a hash over everything that determines how much of a base is computed in bfloat16. */
export function choiceKey(spec: BaseSpec): string {
  return hashOf({ choice: facts(spec) });
}

function facts(spec: BaseSpec) {
  return {
    extractor: EXTRACTOR_VERSION,
    base: keyOfBase(spec.base),
    weights: spec.weights.sha256,
    pooling: spec.pooling,
    size: spec.size,
    preprocess: spec.preprocess,
    precision: keyOfPrecision(spec.precision),
    engine: [spec.engine.kind, spec.engine.version, spec.engine.device],
    batch: TOWER_BATCH,
  };
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

/**
 * Opens the base's graph, or makes it in about a second if it is not cached. Computes the first images right away,
 * because only that shows whether a cached graph is usable; calling `features` with the same batch does not compute
 * them again.
 *
 * @param images a batch; all others must have the same size and kind of pixels
 * @param cores the number of cores to use; the process must load TensorFlow with the threads that `shareCores` returns
 * @param makeElsewhere see `BasePlace`
 * @throws HeadlightError if the weights file's hash is not the one in the features' keys, or its weights do not fit
 */
export async function openGraphBase(
  tf: Tf,
  spec: BaseSpec,
  images: ImageBatch,
  cacheRoot: string,
  cores: number,
  makeElsewhere?: MakeGraph,
): Promise<FrozenBase> {
  const kind = kindOf(images);
  const { towers } = shareCores(cores);
  const { featureWidth } = await baseNetwork(spec.base);
  const rows = { name: nameOfBase(spec.base), featureWidth };
  const store = new GraphStore(cacheRoot);
  const key = graphKey(spec, kind, towers);
  const use = await store.use(key, aboutBase(spec));
  const place = { kind, towers, rows, store, key, makeElsewhere };
  const opened = await openGraph(tf, spec, images, place).catch((error: unknown) => {
    use.release();
    throw error;
  });
  const { session, rounding } = opened;
  let { first } = opened;
  return {
    rounding,
    features(batch) {
      const { height, width, dtype } = kindOf(batch);
      if (height !== kind.height || width !== kind.width || dtype !== kind.dtype) {
        throw new Error(
          `images of ${height}×${width} ${dtype} among others of ${kind.height}×${kind.width} ${kind.dtype}`,
        );
      }
      const [call, ...rest] = pieces(batch, towers * TOWER_BATCH);
      if (call === undefined) throw new RangeError("a batch without images has no features");
      const begun = batch === images && first ? first : runCall(session, rows, call, towers);
      first = null;
      return joinRows([...begun, ...rest.flatMap((piece) => runCall(session, rows, piece, towers))]);
    },
    dispose() {
      session.dispose();
      use.release();
    },
  };
}

/** Puts the graph for images of this kind into the cache, if it can be written. */
export type MakeGraph = (kind: ImageKind) => Promise<void>;

/**
 * Makes the base's graph and puts it into the cache.
 *
 * @throws HeadlightError as `openGraphBase`
 */
export async function makeBaseGraph(
  tf: Tf,
  spec: BaseSpec,
  kind: ImageKind,
  { cacheRoot, cores }: { readonly cacheRoot: string; readonly cores: number },
): Promise<void> {
  const { towers } = shareCores(cores);
  const store = new GraphStore(cacheRoot);
  const { graph, choice } = await recordTowers(tf, spec, { kind, towers, store });
  await keepIfPossible(store, graphKey(spec, kind, towers), graph, choice);
}

/** Records the graph, and returns with it the choice of what is computed in bfloat16; null in float32. */
async function recordTowers(
  tf: Tf,
  spec: BaseSpec,
  { kind, towers, store }: Pick<GraphPlace, "kind" | "towers" | "store">,
) {
  const known = spec.precision === "float32" ? null : store.findChoice(choiceKey(spec));
  const base = await loadBaseModel(tf, spec);
  try {
    const { graph, chosen } = await recordBaseGraph(tf, base, spec, kind, TOWER_BATCH, known);
    return { graph: sideBySide(graph, towers), choice: chosen && { ...chosen, key: choiceKey(spec) } };
  } finally {
    base.dispose();
  }
}

/** What a graph is made for, and where graphs are cached. */
interface GraphPlace {
  readonly kind: ImageKind;
  readonly towers: number;
  readonly rows: ExpectedRows;
  readonly store: GraphStore;
  readonly key: string;
  readonly makeElsewhere: MakeGraph | undefined;
}

/** What a base's graph must give, and the base's name in errors. */
interface ExpectedRows {
  readonly name: string;
  readonly featureWidth: number;
}

interface OpenedGraph {
  readonly session: GraphSession;
  /** The rows of the first call; null if none was run. */
  readonly first: FeatureRows[] | null;
  readonly rounding: Rounding | null;
}

async function openGraph(
  tf: Tf,
  spec: BaseSpec,
  images: ImageBatch,
  { kind, towers, rows, store, key, makeElsewhere }: GraphPlace,
): Promise<OpenedGraph> {
  const paths = Array.from({ length: towers }, (_, tower) => `pixels of tower ${tower}`);
  const open = (kept: KeptGraph) =>
    openKept(kept, () => new GraphSession(tf, kept.folder, rows.name, kept.ports, paths));
  const opened = await openCached();
  if (opened) return opened;
  if (makeElsewhere) {
    await makeElsewhere(kind);
    const made = await openCached();
    if (made) return made;
  }
  const { graph, choice } = await recordTowers(tf, spec, { kind, towers, store });
  const made = await keepIfPossible(store, key, graph, choice);
  const rounding = choice?.rounding ?? null;
  // If another process has just removed the cached graph, the one in memory is used.
  return (made && open(made)) ?? { session: openSession(tf, rows.name, graph, paths), first: null, rounding };

  /** Returns null if there is no usable graph in the cache. */
  async function openCached(): Promise<OpenedGraph | null> {
    const kept = await store.find(key);
    if (!kept) return null;
    await checkWeights(spec);
    const opened = open(kept);
    if (!opened) store.forget(key);
    return opened;
  }

  /** Returns null if TensorFlow cannot open the graph or the graph does not compute features. */
  function openKept({ choice }: KeptGraph, make: () => GraphSession): OpenedGraph | null {
    let session: GraphSession | null = null;
    try {
      session = make();
      // TensorFlow only checks the outputs on the first run.
      const first = runCall(session, rows, at(pieces(images, towers * TOWER_BATCH), 0), towers);
      return { session, first, rounding: choice?.rounding ?? null };
    } catch {
      // Making the graph again either repairs this or reports the actual error.
      session?.dispose();
      return null;
    }
  }
}

/**
 * Computes the rows of at most `towers` × TOWER_BATCH images, one piece per tower.
 * @throws Error if the graph's output does not have the shape of features
 */
function runCall(
  session: GraphSession,
  { name, featureWidth }: ExpectedRows,
  call: ImageBatch,
  towers: number,
): FeatureRows[] {
  const perTower = pieces(padBatch(call, towers * TOWER_BATCH), TOWER_BATCH);
  const features = session.run(perTower.map(({ pixels }) => pixels));
  const shape = String([TOWER_BATCH, featureWidth]);
  if (features.length !== towers || features.some((rows) => rows.dtype !== "float32" || String(rows.shape) !== shape)) {
    for (const rows of features) rows.dispose();
    throw new Error(`the graph of ${name} gives no features of shape ${shape}`);
  }
  return features.map((rows, tower) => takeRows(rows, clamp(call.count - tower * TOWER_BATCH, 0, TOWER_BATCH)));
}

/** Stores the graph. Returns null if the cache cannot be written, which only costs the next run a second. */
async function keepIfPossible(
  store: GraphStore,
  key: string,
  graph: Graph,
  choice: KeptChoice | null,
): Promise<KeptGraph | null> {
  try {
    return await store.keep(key, graph, choice);
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

function kindOf({ height, width, pixels }: ImageBatch): ImageKind {
  return { height, width, dtype: pixels instanceof Uint8Array ? "uint8" : "float32" };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
