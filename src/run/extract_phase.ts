/** Extraction as a phase of a run: the features of both parts, from the cache or from the extractor process. */
import type { Dataset } from "../data/dataset.ts";
import { FeatureAssembly } from "../features/assembly.ts";
import { type ExtractionPlan, features } from "../features/extraction.ts";
import type { Control } from "../training/control.ts";
import type { TrainingData } from "../training/train.ts";
import type { Journal } from "./journal.ts";

/**
 * Both parts' features, or null where a stop was asked for first. A pause ends the extractor, which costs at most the
 * shard under way; the rest is in the cache when it goes on.
 * @param onShard is called with each shard that has come.
 */
export async function extractPhase(
  plan: ExtractionPlan,
  dataset: Dataset,
  control: Control,
  journal: Journal,
  onShard: () => void = () => {},
): Promise<TrainingData | null> {
  while (control.stop === null) {
    if (control.paused) await paused(control, journal);
    else {
      const data = await collect(plan, dataset, control, journal, onShard);
      if (data) return data;
    }
  }
  return null;
}

async function paused(control: Control, journal: Journal): Promise<void> {
  journal.say({ type: "control", state: "paused" });
  while (control.paused && control.stop === null) await control.changed();
  if (control.stop === null) journal.say({ type: "control", state: "resumed" });
}

/** One pass over all shards; null where a stop or a pause cut it. */
async function collect(
  plan: ExtractionPlan,
  dataset: Dataset,
  control: Control,
  journal: Journal,
  onShard: () => void,
): Promise<TrainingData | null> {
  const cut = new AbortController();
  const watch = (async () => {
    while (!cut.signal.aborted && control.stop === null && !control.paused) await control.changed();
    cut.abort();
  })();
  const total = dataset.train.count + dataset.validation.count;
  const assembly = new FeatureAssembly(dataset);
  let done = 0;
  let cached = 0;
  try {
    for await (const shard of features(plan, { signal: cut.signal })) {
      assembly.add(shard);
      onShard();
      done += shard.to - shard.from;
      if (shard.cached) cached += shard.to - shard.from;
      journal.progress({ phase: "extract", done, total, unit: "images", cached }, done - cached);
    }
    return done < total ? null : assembly.finish();
  } finally {
    cut.abort();
    control.wake();
    await watch;
  }
}
