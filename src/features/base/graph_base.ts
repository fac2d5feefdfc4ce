/** The frozen base as one graph, kept between runs. */
import { createHash } from "node:crypto";
import type { Tf } from "../../engine/engine.ts";
import { GraphSession, openSession } from "../../engine/tensorflow/capture/session.ts";
import type { ExtractionSpec } from "../job.ts";
import { EXTRACTOR_VERSION } from "../shard_key.ts";
import { padBatch } from "../shards.ts";
import { type PictureKind, recordBaseGraph } from "./base_graph.ts";
import { checkWeights, loadBaseModel, takeRows } from "./eager.ts";
import type { FrozenBase, Pictures } from "./frozen_base.ts";
import { GraphStore } from "./graph_store.ts";

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
    batch: spec.batchSize,
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
      const [features] = session.run([padBatch(batch, spec.batchSize).pixels]);
      if (!features) throw new Error("the base's graph has no output");
      return takeRows(features, batch.count);
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
  const graph = recordBaseGraph(tf, base, spec, kind);
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

function kindOf({ height, width, pixels }: Pictures): PictureKind {
  return { height, width, dtype: pixels instanceof Uint8Array ? "uint8" : "float32" };
}
