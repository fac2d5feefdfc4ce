/** Restores the weights of a run's base after `cache clear` has deleted them. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { baseNameSchema } from "../config.ts";
import { type EngineFiles, trainerOf } from "../engine/engine.ts";
import { useEntry } from "../files/use.ts";
import { ensureRandomWeights } from "../features/random_weights.ts";
import { publishedWeights } from "../model/published_weights.ts";
import { cacheRoot } from "../paths.ts";
import { baseOf } from "../run/folder/run_config.ts";
import type { TrainedRun } from "./trained_run.ts";

/**
 * Downloads or generates the weights of a run's base again if they belong in the cache and are not there. `cache clear`
 * keeps them until this process exits. Does not check that they are the run's: the functions that read the file do.
 *
 * @param engine sets up an engine. Called only if random weights must be generated
 * @throws HeadlightError (1) if they cannot be downloaded or generated
 */
export async function restoreWeights(
  { options, resolved }: Pick<TrainedRun, "options" | "resolved">,
  engine: () => Promise<EngineFiles>,
): Promise<void> {
  const { weights: { kind, path }, preprocess } = resolved;
  const { size } = options;
  const root = cacheRoot();
  if (dirname(path) !== join(root, "weights")) return;
  await useEntry(path);
  if (existsSync(path)) return;
  if (kind === "published") {
    await publishedWeights({ base: baseNameSchema.parse(options.base), size }, { cacheRoot: root });
  }
  if (kind !== "random") return;
  await ensureRandomWeights(
    { base: baseOf(options, resolved), size, preprocess, engine: trainerOf(await engine()), cacheRoot: root },
    { log: "null" },
  );
}
