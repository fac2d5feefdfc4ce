/** `extract`: computes features into the cache and ends. */
import { chooseShard, type ShardFlags } from "../cluster/choose_shard.ts";
import { type ExtractedShard, extractShard, type FoundShard, prepareShards } from "../cluster/extract_shard.ts";
import type { Shard } from "../cluster/shard.ts";
import { hasFrozenBase, type RunOptions } from "../config.ts";
import { count, counted } from "../counted.ts";
import { engineText } from "../dashboard/run_text/engine_text.ts";
import { duration, rate } from "../dashboard/text/formats.ts";
import type { EngineFiles } from "../engine/engine.ts";
import { HeadlightError, TRY_AGAIN, UnusableDataError, UnusableOptionsError } from "../errors.ts";
import { explainSystemError } from "../files/system_error.ts";
import type { OnFeatures } from "../features/rows/feature_set.ts";
import { waitText } from "../features/wait_text.ts";
import { checkInputs } from "../run/preflight.ts";
import { cacheRoot } from "../paths.ts";
import { stripControl } from "../text.ts";
import { imageProgress } from "./image_progress.ts";
import { complain } from "./output.ts";
import { StatusLine } from "./status_line.ts";
import { StoppedError, untilStopped } from "./stoppable.ts";

export interface ExtractFlags extends ShardFlags {
  readonly json: boolean;
  /** Whether only what the computation needs is downloaded and set up. */
  readonly download_only: boolean;
}

/**
 * Computes the features of a shard, and prints what was there and what was computed. Returns the exit status, 0.
 *
 * @throws HeadlightError (2) if trying again is useless, (`TRY_AGAIN`) if it is not; StoppedError if a signal stopped
 * it
 */
export async function extract(
  options: RunOptions,
  { json, download_only: downloadOnly, ...flags }: ExtractFlags,
  output: (line: string) => void,
): Promise<number> {
  if (!hasFrozenBase(options)) {
    throw new HeadlightError(
      `--base ${options.base}: a network from scratch has no frozen base, so there are no features to compute. ` +
        "Train it with deno task train.",
    );
  }
  const shard = chooseShard(flags, (name) => Deno.env.get(name));
  const { found } = await checkInputs(options);
  const told = new Told(shard, json ? () => {} : output);
  try {
    if (downloadOnly) {
      const { engine } = await untilStopped((signal) => prepareShards({ options, found }, told.onSetup, signal));
      told.clear();
      output(`All that extract needs is here: ${engineWords(engine)}, the weights and the data.`);
      return 0;
    }
    const done = await untilStopped((signal) => extractShard({ options, found, shard }, told, signal));
    told.end(done);
    if (json) output(JSON.stringify(told.asJson(done)));
    return 0;
  } catch (error) {
    told.clear();
    if (error instanceof StoppedError && told.hasComputed) {
      complain("The features computed so far are in the cache. The same command computes the others.");
    }
    throw withStatus(error);
  }
}

/** Returns the error with the exit status that says whether trying again may help. */
function withStatus(thrown: unknown): unknown {
  const error = explainSystemError(thrown, `computing features into ${cacheRoot()}`);
  if (!(error instanceof HeadlightError)) return error;
  const isUseless = error.exitStatus === 2 || error instanceof UnusableDataError ||
    error instanceof UnusableOptionsError;
  return new HeadlightError(error.message, isUseless ? 2 : TRY_AGAIN, { cause: error });
}

/** Tells a person how far a shard is: on a status line in a terminal, otherwise by a line now and then. */
class Told {
  /** Whether some features were computed. */
  hasComputed = false;
  readonly #status = new StatusLine();
  readonly #progress = imageProgress(this.#status);
  readonly #sinceMs = performance.now();
  #computingSinceMs = 0;
  #found: FoundShard | null = null;

  constructor(private readonly shard: Shard, private readonly output: (line: string) => void) {}

  readonly onSetup = (progress: Parameters<StatusLine["progress"]>[0]) => this.#status.progress(progress);

  readonly onFound = (found: FoundShard) => {
    this.#status.clear();
    this.#found = found;
    for (const notice of found.notices) complain(stripControl(notice));
  };

  readonly onRead = this.#progress.onRead;

  readonly onLooked = (cached: number) => {
    this.#status.clear();
    this.#computingSinceMs = performance.now();
    this.output(`${this.#subject()}: ${count(cached)} of them ${cached === 1 ? "is" : "are"} in the cache already.`);
  };

  readonly onProgress: OnFeatures = (done, total, cached) => {
    this.hasComputed ||= !cached;
    this.#progress.onProgress(done, total, cached);
  };

  readonly onLost = () => complain("The extractor process exited unexpectedly. Restarting it.");

  readonly onWait = (hosts: readonly string[]) => complain(stripControl(waitText(hosts)));

  clear(): void {
    this.#status.clear();
  }

  end({ computed, broken }: ExtractedShard): void {
    this.#status.clear();
    const seconds = (performance.now() - this.#computingSinceMs) / 1000;
    const work = computed === 0
      ? "nothing had to be computed"
      : `${counted(computed, "image", "images")} computed in ${duration(seconds)} (${
        rate(computed / seconds, "images")
      }) with ${this.#engine()}`;
    this.output(`${this.#name()} in the cache: ${work}.`);
    const [first] = broken;
    if (first === undefined) return;
    const others = broken.length === 1 ? "" : ` and ${counted(broken.length - 1, "other", "others")}`;
    complain(
      stripControl(
        `${first.path}${others} cannot be decoded (${first.reason}). train leaves such images out, as many as --max-broken allows.`,
      ),
    );
  }

  asJson({ images, computed, broken }: ExtractedShard) {
    const { number, of } = this.shard;
    const { kind = null, version = null, device = null } = this.#found?.engine ?? {};
    return {
      ...{ shard: number, shards: of, images, computed, cached: images - computed },
      broken: broken.map(({ path, reason }) => ({ path: stripControl(path), reason: stripControl(reason) })),
      seconds: Math.round(performance.now() - this.#sinceMs) / 1000,
      engine: { kind, version, device },
    };
  }

  #name(): string {
    const { number, of } = this.shard;
    return of === 1 ? "All features are" : `Shard ${count(number)} of ${count(of)} is`;
  }

  #subject(): string {
    const { number, of } = this.shard;
    const { range = { from: 0, to: 0 }, total = 0 } = this.#found ?? {};
    const own = range.to - range.from;
    if (of === 1) return counted(total, "image", "images");
    const which = own === 0 ? "no images" : `images ${count(range.from + 1)} to ${count(range.to)}`;
    return `Shard ${count(number)} of ${count(of)}, ${which} of ${count(total)}`;
  }

  #engine(): string {
    const engine = this.#found?.engine;
    return engine === undefined ? "no engine" : engineWords(engine);
  }
}

function engineWords({ kind, version, device, device_name: name }: EngineFiles): string {
  return stripControl(engineText({ kind, version, device, ...(name === undefined ? {} : { device_name: name }) }));
}
