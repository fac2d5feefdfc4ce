/** The frozen base as one graph, kept between runs. */
import { createHash } from "node:crypto";
import type { Tf } from "../../engine/engine.ts";
import { GraphSession, openSession } from "../../engine/tensorflow/capture/session.ts";
import type { Graph } from "../../engine/tensorflow/capture/graph.ts";
import { bases } from "../../bases/bases.ts";
import { sideBySide } from "../../engine/tensorflow/rewrite/side_by_side.ts";
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import { type PictureKind, recordBaseGraph } from "./base_graph.ts";
import { checkWeights, loadBaseModel, takeRows } from "./eager.ts";
import type { FrozenBase } from "./frozen_base.ts";
import { GraphStore, type KeptGraph } from "./graph_store.ts";
import { joinRows, padBatch, pieces } from "./pieces.ts";
import { shareCores } from "./share_cores.ts";
import { type BaseSpec, EXTRACTOR_VERSION } from "./spec.ts";
import { isSystemError } from "../../files/system_error.ts";

/**
 * Pictures per tower and call. The features' bits depend on it, and not on the number of towers. DenseNet121 at 160 on two
 * cores, pictures a second, alternating: one tower of 16 57.4 in float32 and 97 in bfloat16, two of 8 62 and 112, two of 4
 * 63 and 120; memory grows with it.
 */
const TOWER_BATCH = 4;

/** All that decides a base's graph, as a hash. */
export function graphKey(spec: BaseSpec, kind: PictureKind, towers: number): string {
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
    pictures: [kind.height, kind.width, kind.dtype],
  });
  return createHash("sha256").update(text).digest("hex");
}

/**
 * Opens the base's graph; makes it, in about a second, where none is kept.
 *
 * @param cores that it may use; the process takes `shareCores`' threads to load TensorFlow with.
 * @throws HeadlightError when the weights file is not the one whose hash is in the features' keys, or does not fit.
 */
export async function openGraphBase(
  tf: Tf,
  spec: BaseSpec,
  pictures: ImageBatch,
  cacheRoot: string,
  cores: number,
): Promise<FrozenBase> {
  const kind = kindOf(pictures);
  const { towers } = shareCores(cores);
  const session = await openGraph(tf, spec, { kind, towers, store: new GraphStore(cacheRoot) });
  return {
    features(batch) {
      const { height, width, dtype } = kindOf(batch);
      if (height !== kind.height || width !== kind.width || dtype !== kind.dtype) {
        throw new Error(
          `pictures of ${height}×${width} ${dtype} among others of ${kind.height}×${kind.width} ${kind.dtype}`,
        );
      }
      return joinRows(
        pieces(batch, towers * TOWER_BATCH).flatMap((call) => {
          const perTower = pieces(padBatch(call, towers * TOWER_BATCH), TOWER_BATCH);
          const features = session.run(perTower.map(({ pixels }) => pixels));
          return features.map((rows, tower) => takeRows(rows, clamp(call.count - tower * TOWER_BATCH, 0, TOWER_BATCH)));
        }),
      );
    },
    dispose: () => session.dispose(),
  };
}

/** A base's graph, what it is made for, and where graphs are kept. */
interface GraphPlace {
  readonly kind: PictureKind;
  readonly towers: number;
  readonly store: GraphStore;
}

async function openGraph(tf: Tf, spec: BaseSpec, { kind, towers, store }: GraphPlace): Promise<GraphSession> {
  const key = graphKey(spec, kind, towers);
  const paths = Array.from({ length: towers }, (_, tower) => `pixels of tower ${tower}`);
  const open = (kept: KeptGraph) => openKept(() => new GraphSession(tf, kept.folder, spec.base, kept.ports, paths));
  const kept = await store.find(key);
  if (kept) {
    await checkWeights(spec);
    const session = open(kept);
    if (session) return session;
    store.forget(key);
  }
  const base = await loadBaseModel(tf, spec);
  const graph = sideBySide(await recordBaseGraph(tf, base, spec, kind, TOWER_BATCH), towers);
  base.dispose();
  const made = await keepIfPossible(store, key, graph);
  // Another process may have removed what was just kept; the graph itself is still here.
  return (made && open(made)) ?? openSession(tf, spec.base, graph, paths);

  /** Returns null for a graph that TensorFlow does not open or that does not make features of pictures. */
  function openKept(make: () => GraphSession): GraphSession | null {
    let session: GraphSession | null = null;
    try {
      session = make();
      if (givesFeatures(session, spec, kind, towers)) return session;
    } catch {
      // Whatever it is, making the graph anew mends it, or says what is wrong.
    }
    session?.dispose();
    return null;
  }
}

/** Runs a graph on black pictures: TensorFlow looks for the outputs, and optimises the graph, at the first run. */
function givesFeatures(session: GraphSession, spec: BaseSpec, kind: PictureKind, towers: number): boolean {
  const values = TOWER_BATCH * kind.height * kind.width * 3;
  const black = kind.dtype === "uint8" ? new Uint8Array(values) : new Float32Array(values);
  const features = session.run(Array.from({ length: towers }, () => black));
  const shape = [TOWER_BATCH, bases[spec.base].featureWidth];
  const sound = features.length === towers &&
    features.every((rows) => rows.dtype === "float32" && String(rows.shape) === String(shape));
  for (const rows of features) rows.dispose();
  return sound;
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

function kindOf({ height, width, pixels }: ImageBatch): PictureKind {
  return { height, width, dtype: pixels instanceof Uint8Array ? "uint8" : "float32" };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
