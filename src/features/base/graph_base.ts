/** The frozen base as one graph, kept between runs. */
import { createHash } from "node:crypto";
import type { Tf } from "../../engine/engine.ts";
import { GraphSession, openSession } from "../../engine/tensorflow/capture/session.ts";
import type { ExtractionSpec } from "../job.ts";
import { EXTRACTOR_VERSION } from "../shard_key.ts";
import { padBatch } from "../shards.ts";
import { type PictureKind, recordBaseGraph } from "./base_graph.ts";
import { checkWeights, loadBaseModel, takeRows } from "./eager.ts";
import type { FeatureRows } from "../cache.ts";
import type { FrozenBase, Pictures } from "./frozen_base.ts";
import { GraphStore } from "./graph_store.ts";

/**
 * Pictures per call of the graph. DenseNet121 at 160, alternating in one process, ms a picture at 8, 16, 32 and 64 on two
 * cores: 32.6, 33.0, 33.5, 34.0 in float32 and 11.0, 10.1, 10.2, 10.4 in bfloat16; memory grows with it.
 */
const GRAPH_BATCH = 16;

/** All that decides a base's graph, as a hash. */
export function graphKey(spec: ExtractionSpec, kind: PictureKind): string {
  const text = JSON.stringify({
    extractor: EXTRACTOR_VERSION,
    base: spec.base,
    weights: spec.weights.sha256,
    pooling: spec.pooling,
    size: spec.size,
    preprocess: spec.preprocess,
    precision: spec.precision,
    engine: spec.engine.version,
    batch: GRAPH_BATCH,
    pictures: [kind.height, kind.width, kind.dtype],
  });
  return createHash("sha256").update(text).digest("hex");
}

/**
 * Opens the base's graph; makes it, in about a second, where none is kept.
 *
 * @throws HeadlightError when the weights file is not the one whose hash is in the features' keys, or does not fit.
 */
export async function openGraphBase(
  tf: Tf,
  spec: ExtractionSpec,
  pictures: Pictures,
  cacheRoot: string,
): Promise<FrozenBase> {
  const kind = kindOf(pictures);
  const session = await openGraph(tf, spec, kind, new GraphStore(cacheRoot));
  return {
    features(batch) {
      const { height, width, dtype } = kindOf(batch);
      if (height !== kind.height || width !== kind.width || dtype !== kind.dtype) {
        throw new Error(
          `pictures of ${height}×${width} ${dtype} among others of ${kind.height}×${kind.width} ${kind.dtype}`,
        );
      }
      return joined(
        parts(batch).map((part) => {
          const [features] = session.run([padBatch(part, GRAPH_BATCH).pixels]);
          if (!features) throw new Error("the base's graph has no output");
          return takeRows(features, part.count);
        }),
      );
    },
    dispose: () => session.dispose(),
  };
}

async function openGraph(tf: Tf, spec: ExtractionSpec, kind: PictureKind, store: GraphStore): Promise<GraphSession> {
  const key = graphKey(spec, kind);
  const kept = await store.find(key);
  if (kept) {
    await checkWeights(spec);
    return new GraphSession(tf, kept.folder, spec.base, kept.ports, ["pixels"]);
  }
  const base = await loadBaseModel(tf, spec);
  const graph = recordBaseGraph(tf, base, spec, kind, GRAPH_BATCH);
  base.dispose();
  try {
    const { folder, ports } = await store.keep(key, graph);
    return new GraphSession(tf, folder, spec.base, ports, ["pixels"]);
  } catch (error) {
    // A cache that cannot be written costs the next run a second: no reason to fail.
    if (!(error instanceof Error && "code" in error)) throw error;
    return openSession(tf, spec.base, graph, ["pixels"]);
  }
}

/** A batch in pieces of what a call takes, the last one short. */
function parts(batch: Pictures): Pictures[] {
  const perPicture = batch.height * batch.width * 3;
  return Array.from({ length: Math.ceil(batch.count / GRAPH_BATCH) }, (_, index) => {
    const from = index * GRAPH_BATCH;
    const to = Math.min(batch.count, from + GRAPH_BATCH);
    return { ...batch, count: to - from, pixels: batch.pixels.subarray(from * perPicture, to * perPicture) };
  });
}

function joined(pieces: readonly FeatureRows[]): FeatureRows {
  const [first] = pieces;
  if (!first || pieces.length === 1) return first ?? { features: new Float32Array(), rows: 0, width: 0 };
  const rows = pieces.reduce((sum, piece) => sum + piece.rows, 0);
  const features = new Float32Array(rows * first.width);
  let place = 0;
  for (const piece of pieces) {
    features.set(piece.features, place);
    place += piece.features.length;
  }
  return { features, rows, width: first.width };
}

function kindOf({ height, width, pixels }: Pictures): PictureKind {
  return { height, width, dtype: pixels instanceof Uint8Array ? "uint8" : "float32" };
}
