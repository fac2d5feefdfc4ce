/** The frozen base as one graph, kept between runs. */
import { createHash } from "node:crypto";
import type { Tf } from "../../engine/engine.ts";
import { GraphSession, openSession } from "../../engine/tensorflow/capture/session.ts";
import type { Graph } from "../../engine/tensorflow/capture/graph.ts";
import { at } from "../../at.ts";
import { bases } from "../../bases/bases.ts";
import { sideBySide } from "../../engine/tensorflow/rewrite/side_by_side.ts";
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import { type ImageKind, recordBaseGraph } from "./base_graph.ts";
import { checkWeights, loadBaseModel, takeRows } from "./eager.ts";
import type { FeatureRows, FrozenBase } from "./frozen_base.ts";
import { GraphStore, type KeptGraph } from "./graph_store.ts";
import { joinRows, padBatch, pieces } from "./pieces.ts";
import { shareCores } from "./share_cores.ts";
import { type BaseSpec, EXTRACTOR_VERSION } from "./spec.ts";
import { isSystemError } from "../../files/system_error.ts";

/**
 * Images per tower and call. The features' bits depend on it, and not on the number of towers. DenseNet121 at 160 on two
 * cores, images a second, alternating: one tower of 16 57.4 in float32 and 97 in bfloat16, two of 8 62 and 112, two of 4
 * 63 and 120; memory grows with it.
 */
const TOWER_BATCH = 4;

/** All that decides a base's graph, as a hash. */
export function graphKey(spec: BaseSpec, kind: ImageKind, towers: number): string {
  const text = JSON.stringify({
    extractor: EXTRACTOR_VERSION,
    base: spec.base,
    weights: spec.weights.sha256,
    pooling: spec.pooling,
    size: spec.size,
    preprocess: spec.preprocess,
    precision: spec.precision,
    engine: [spec.engine.kind, spec.engine.version, spec.engine.device],
    batch: TOWER_BATCH,
    towers,
    images: [kind.height, kind.width, kind.dtype],
  });
  return createHash("sha256").update(text).digest("hex");
}

/**
 * Opens the base's graph; makes it, in about a second, where none is kept. The first of the images are computed here,
 * since only that tells whether a kept graph is sound; `features` of the same batch does not compute them again.
 *
 * @param images a batch; all others must be of its size and kind of pixels
 * @param cores that it may use; the process takes `shareCores`' threads to load TensorFlow with.
 * @throws HeadlightError when the weights file is not the one whose hash is in the features' keys, or does not fit.
 */
export async function openGraphBase(
  tf: Tf,
  spec: BaseSpec,
  images: ImageBatch,
  cacheRoot: string,
  cores: number,
): Promise<FrozenBase> {
  const kind = kindOf(images);
  const { towers } = shareCores(cores);
  const opened = await openGraph(tf, spec, images, { kind, towers, store: new GraphStore(cacheRoot) });
  const { session } = opened;
  let { first } = opened;
  return {
    features(batch) {
      const { height, width, dtype } = kindOf(batch);
      if (height !== kind.height || width !== kind.width || dtype !== kind.dtype) {
        throw new Error(
          `images of ${height}×${width} ${dtype} among others of ${kind.height}×${kind.width} ${kind.dtype}`,
        );
      }
      const [call, ...rest] = pieces(batch, towers * TOWER_BATCH);
      if (call === undefined) throw new RangeError("a batch without images has no features");
      const begun = batch === images && first ? first : runCall(session, spec, call, towers);
      first = null;
      return joinRows([...begun, ...rest.flatMap((piece) => runCall(session, spec, piece, towers))]);
    },
    dispose: () => session.dispose(),
  };
}

/** A base's graph, what it is made for, and where graphs are kept. */
interface GraphPlace {
  readonly kind: ImageKind;
  readonly towers: number;
  readonly store: GraphStore;
}

interface OpenedGraph {
  readonly session: GraphSession;
  /** The rows of the first call; null where none was run. */
  readonly first: FeatureRows[] | null;
}

async function openGraph(
  tf: Tf,
  spec: BaseSpec,
  images: ImageBatch,
  { kind, towers, store }: GraphPlace,
): Promise<OpenedGraph> {
  const key = graphKey(spec, kind, towers);
  const paths = Array.from({ length: towers }, (_, tower) => `pixels of tower ${tower}`);
  const open = (kept: KeptGraph) => openKept(() => new GraphSession(tf, kept.folder, spec.base, kept.ports, paths));
  const kept = await store.find(key);
  if (kept) {
    await checkWeights(spec);
    const opened = open(kept);
    if (opened) return opened;
    store.forget(key);
  }
  const base = await loadBaseModel(tf, spec);
  const graph = sideBySide(await recordBaseGraph(tf, base, spec, kind, TOWER_BATCH), towers);
  base.dispose();
  const made = await keepIfPossible(store, key, graph);
  // Another process may have removed what was just kept; the graph itself is still here.
  return (made && open(made)) ?? { session: openSession(tf, spec.base, graph, paths), first: null };

  /** Returns null for a graph that TensorFlow does not open or that does not make features of images. */
  function openKept(make: () => GraphSession): OpenedGraph | null {
    let session: GraphSession | null = null;
    try {
      session = make();
      // TensorFlow looks for the outputs at the first run.
      return { session, first: runCall(session, spec, at(pieces(images, towers * TOWER_BATCH), 0), towers) };
    } catch {
      // Whatever it is, making the graph anew mends it, or says what is wrong.
      session?.dispose();
      return null;
    }
  }
}

/**
 * Computes the rows of at most as many images as all towers take at once, one piece a tower.
 * @throws Error where the graph does not give features of images
 */
function runCall(session: GraphSession, spec: BaseSpec, call: ImageBatch, towers: number): FeatureRows[] {
  const perTower = pieces(padBatch(call, towers * TOWER_BATCH), TOWER_BATCH);
  const features = session.run(perTower.map(({ pixels }) => pixels));
  const shape = String([TOWER_BATCH, bases[spec.base].featureWidth]);
  if (features.length !== towers || features.some((rows) => rows.dtype !== "float32" || String(rows.shape) !== shape)) {
    for (const rows of features) rows.dispose();
    throw new Error(`the graph of ${spec.base} gives no features of shape ${shape}`);
  }
  return features.map((rows, tower) => takeRows(rows, clamp(call.count - tower * TOWER_BATCH, 0, TOWER_BATCH)));
}

/** A cache that cannot be written costs the next run a second: no reason to fail. */
async function keepIfPossible(store: GraphStore, key: string, graph: Graph): Promise<KeptGraph | null> {
  try {
    return await store.keep(key, graph);
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
