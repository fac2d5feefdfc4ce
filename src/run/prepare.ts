/** The prepare phase of a run: finds, downloads or makes the data, the weights and the engine. */
import { type BaseRef, hasFrozenBase, type RunOptions, weightsFile } from "../config.ts";
import type { Dataset } from "../data/dataset/dataset.ts";
import { checkPixelScale } from "../data/dataset/pixel_scale.ts";
import {
  type DataResolution,
  type DataSource,
  defaultPreprocess,
  type FoundSource,
  obtainData,
  openDataSource,
  resolveDataOption,
} from "../data/open.ts";
import { type EngineFiles, type OnSetupProgress, trainerOf } from "../engine/engine.ts";
import { USUAL_ENGINE } from "../engine/engines/list.ts";
import { HeadlightError } from "../errors.ts";
import { findOutAboutLocks, type LockLack } from "../files/lock_ability.ts";
import { ensureRandomWeights } from "../features/random_weights.ts";
import type { BaseSpec } from "../features/base/spec.ts";
import { recipeHash } from "../features/rows/recipe.ts";
import { RowStore } from "../features/rows/row_store.ts";
import { weightsHash } from "../features/base/weights_hash.ts";
import { type BaseNetwork, baseNetwork, baseRefOf } from "../model/base_network.ts";
import { publishedWeights } from "../model/published_weights.ts";
import { cacheRoot } from "../paths.ts";
import { choosePreprocess } from "./choose_preprocess.ts";
import { type EngineChoice, engineChoice, voidTf32Notice } from "./engine_choice.ts";
import { fasterEngine, findEngine } from "./find_engine.ts";
import type { Resolved } from "./folder/run_config.ts";
import { planSpec } from "./plan.ts";

export interface Prepared {
  readonly source: DataSource;
  readonly dataset: Dataset;
  readonly engine: EngineFiles;
  readonly engineChoice: EngineChoice;
  /** Null for a network that is trained from scratch, as is `network`. */
  readonly base: BaseRef | null;
  readonly network: BaseNetwork | null;
  readonly weights: Resolved["weights"];
  readonly preprocess: Resolved["preprocess"];
  /** Substitutions that are shown as long as the run lasts. */
  readonly notices: readonly string[];
}

/**
 * Prepares data, weights and engine for a run. What was named explicitly is used, or the run fails. What was not named
 * may be replaced (demo data, random weights, wasm), with a notice.
 *
 * @param findData returns the data that the command has found; without it, this function looks for the data itself
 * @throws HeadlightError that says what is missing and where; errors of `onProgress` are passed on unchanged
 */
export async function prepare(
  options: RunOptions,
  onProgress: OnSetupProgress,
  signal: AbortSignal,
  findData?: () => Promise<FoundSource>,
): Promise<Prepared> {
  // A step whose progress cannot be reported (the disk with the log is full) would take that for an error of its own,
  // and blame the cache or fall back to something else. So remember the error and throw it instead.
  const unsaid: unknown[] = [];
  const tell: OnSetupProgress = (progress) => {
    try {
      if (unsaid.length === 0) return onProgress(progress);
    } catch (error) {
      unsaid.push(error);
    }
    throw unsaid[0];
  };
  const prepared = await prepareAll(options, tell, signal, findData).catch((error: unknown) => {
    throw unsaid.length > 0 ? unsaid[0] : error;
  });
  if (unsaid.length > 0) throw unsaid[0];
  return prepared;
}

async function prepareAll(
  options: RunOptions,
  onProgress: OnSetupProgress,
  signal: AbortSignal,
  findData?: () => Promise<FoundSource>,
): Promise<Prepared> {
  const cache = cacheRoot();
  const resolution: DataResolution = findData ? { kind: "ready", ...await findData() } : resolveDataOption(options);
  const base = hasFrozenBase(options) ? await baseRefOf(options) : null;
  const network = base && await baseNetwork(base);
  // Both may wait for a connection that is never made. In parallel, they time out at the same time.
  const [data, published] = await Promise.all([
    obtainData(resolution, { onProgress }),
    base === null ? null : findWeights(options, base, cache, onProgress),
  ]);
  signal.throwIfAborted();
  const dataset = await openDataSource(data.source, options.size, data.listing);
  const usual = defaultPreprocess(data.source, options.base);
  const preprocess = network ? choosePreprocess(options.preprocess, usual, network) : options.preprocess ?? usual;
  await checkPixelScale(dataset, preprocess);
  const request = { options, base, cacheRoot: cache, onProgress, signal };
  const found = await findEngine(request);
  const weights = base !== null && published
    ? await weightsOf(
      published,
      () => makeRandomWeights(base, options.size, preprocess, trainerOf(found.files), onProgress, signal),
    )
    : NO_WEIGHTS;
  const { size, pooling } = options;
  const { source } = data;
  const engine = base !== null && network
    ? await fasterEngine(found, {
      ...{ ...request, network, dataset, own: { base, size, pooling, preprocess, weights } },
      cachedImages: (engine) => countCached(cache, planSpec({ base, weights, engine, source, preprocess }, options)),
    })
    : found;
  return {
    source: data.source,
    dataset,
    engine: engine.files,
    base,
    network,
    weights,
    preprocess,
    engineChoice: engineChoice({ options, engine: engine.files, ranking: engine.ranking, usual: USUAL_ENGINE }),
    notices: [
      ...[data.notice, published?.notice ?? null, ...engine.notices, voidTf32Notice(options, engine.files)],
      base === null ? null : noLocksNotice(cache, await findOutAboutLocks(cache)),
      ...dataset.notices,
    ].filter((notice) => notice !== null),
  };
}

/** Returns the notice that locks do not work in the cache; null if they do. */
function noLocksNotice(cache: string, lack: LockLack): string | null {
  if (lack === null) return null;
  return `Files in the cache ${cache} cannot be locked. Processes that need the same features may compute them twice.`;
}

/** Returns how many images have features in the cache that were computed as this says. */
function countCached(cache: string, spec: BaseSpec): number {
  return new RowStore(cache, recipeHash(spec)).countImages();
}

/** The weights that were found. Random weights are made once the engine is available. */
type FoundWeights =
  | { readonly kind: "published" | "file" | "own"; readonly path: string; readonly notice: null }
  | { readonly kind: "random"; readonly notice: string | null };

/** A network that is trained from scratch takes no weights from anywhere. */
const NO_WEIGHTS: Resolved["weights"] = { kind: "scratch", path: "", sha256: "" };

async function weightsOf(found: FoundWeights, makeRandom: () => Promise<string>): Promise<Resolved["weights"]> {
  const path = found.kind === "random" ? await makeRandom() : found.path;
  return { kind: found.kind, path, sha256: await weightsHash(path) };
}

async function findWeights(
  options: RunOptions,
  base: BaseRef,
  cache: string,
  onProgress: OnSetupProgress,
): Promise<FoundWeights> {
  const { weights, size } = options;
  if (weights === "random") return { kind: "random", notice: null };
  const file = weightsFile(options);
  if (file !== null) return { kind: "file", path: file, notice: null };
  if (typeof base !== "string") return { kind: "own", path: base.path, notice: null };
  try {
    const path = await publishedWeights({ base, size }, { cacheRoot: cache, onProgress });
    return { kind: "published", path, notice: null };
  } catch (error) {
    if (weights === "imagenet" || !(error instanceof HeadlightError)) throw error;
    return { kind: "random", notice: `RANDOM BASE, untrained: ${error.message}` };
  }
}

async function makeRandomWeights(
  base: BaseRef,
  size: number,
  preprocess: Resolved["preprocess"],
  engine: EngineFiles,
  onProgress: OnSetupProgress,
  signal: AbortSignal,
): Promise<string> {
  onProgress({ label: "making random weights for the base", done: 0, total: 1, unit: "steps" });
  return await ensureRandomWeights(
    { base, size, preprocess, engine, cacheRoot: cacheRoot() },
    { signal },
  );
}
