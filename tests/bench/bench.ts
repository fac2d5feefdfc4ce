/** What all sections share: the options, the images, the preparation of runs, caches, and Keras's Python. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type BaseName, DEFAULT_BASE } from "../../src/bases/bases.ts";
import assert from "node:assert/strict";
import { hasFrozenBase, runOptionsSchema } from "../../src/config.ts";
import type { ExtractionSpec } from "../../src/features/job.ts";
import { planSpec } from "../../src/run/plan.ts";
import { prepare, type Prepared } from "../../src/run/prepare.ts";
import { emptyFeatureCache } from "../process.ts";
import { shared } from "../support.ts";
import type { Configuration } from "./configurations.ts";
import type { RunPlace } from "./headlight_run.ts";
import type { BenchOptions } from "./options.ts";
import { type ImageFolder, lessonImages } from "./images.ts";
import type { Say } from "./progress.ts";
import type { SectionReport } from "./report_schema.ts";
import { ensureVenv } from "../python/venv.ts";

/** The number of epochs of the lesson's run with Keras. The patience is set so high that all of them are run. */
export const LESSON_EPOCHS = 26;
const QUICK_EPOCHS = 4;

/** DenseNet121's weights by a formula, which the tests' reference values belong to. */
const REFERENCE_WEIGHTS = shared("goldens", "densenet121_madeup_tf_dim_ordering_tf_kernels_notop.h5");

/**
 * Returns what --weights is for the lesson's base: the weights of the reference values if they are here, else random
 * ones. With random ones, bfloat16 changes the features of DenseNet121 so much that it is computed in float32.
 */
export function lessonWeights(): string {
  return existsSync(REFERENCE_WEIGHTS) ? REFERENCE_WEIGHTS : "random";
}

/** Says which weights the lesson's base has. */
export function weightsNote(): string {
  return lessonWeights() === "random"
    ? "The base has random weights, with which bfloat16 may be refused: then it is computed in float32."
    : "The base has the weights of the reference values, which a formula gives.";
}

export interface Section {
  /** The name for `--only`. */
  readonly name: string;
  readonly title: string;
  /** Whether the section is left out unless `--long` or its name is given. */
  readonly long?: boolean;
  run(bench: Bench): Promise<Omit<SectionReport, "name" | "title">>;
}

export class Bench {
  #images: Promise<ImageFolder> | null = null;
  readonly #prepared = new Map<BaseName, Promise<{ prepared: Prepared; spec: ExtractionSpec }>>();
  #python: Promise<string> | null = null;

  /** @param work a folder that is removed afterwards. */
  constructor(readonly options: BenchOptions, readonly work: string, readonly say: Say) {}

  get epochs(): number {
    return this.options.quick ? QUICK_EPOCHS : LESSON_EPOCHS;
  }

  images(): Promise<ImageFolder> {
    return this.#images ??= lessonImages(this.work, this.options.quick);
  }

  /** Returns the engine and a base, the lesson's by default. Makes both if missing, and downloads no weights. */
  prepared(base: BaseName = DEFAULT_BASE): Promise<{ prepared: Prepared; spec: ExtractionSpec }> {
    const known = this.#prepared.get(base) ?? this.#prepare(base);
    this.#prepared.set(base, known);
    return known;
  }

  async #prepare(base: BaseName): Promise<{ prepared: Prepared; spec: ExtractionSpec }> {
    const { folder } = await this.images();
    this.say("engine and base");
    const weights = base === DEFAULT_BASE ? lessonWeights() : "random";
    const options = runOptionsSchema.parse({ data: folder, base, weights, engine: "tensorflow" });
    assert.ok(hasFrozenBase(options));
    const prepared = await prepare(options, () => {}, new AbortController().signal);
    return { prepared, spec: planSpec({ ...prepared, base }, options) };
  }

  /** Returns Keras's Python and installs it if needed. Returns null with --no-keras. */
  async python(): Promise<string | null> {
    if (!this.options.keras) return null;
    return await (this.#python ??= ensureVenv(undefined, this.say));
  }

  /** Returns a new cache that contains only this machine's engines and weights. */
  place(name: string): RunPlace {
    const folder = join(this.work, name);
    emptyFeatureCache(folder);
    return { cacheHome: folder, runs: join(folder, "runs") };
  }

  /** Returns the arguments of the lesson's run, or of one on other images. */
  async lesson(
    changed: { data?: string; epochs?: number } & Partial<Configuration> = {},
  ): Promise<string[]> {
    const { data = (await this.images()).folder, epochs = this.epochs, precision = "float32", engine = "tensorflow" } =
      changed;
    return [
      ...["--data", data, "--weights", lessonWeights(), "--epochs", String(epochs), "--patience", "1000"],
      ...["--precision", precision, "--engine", engine],
    ];
  }
}

/** Removes the features of a cache but keeps its graphs. */
export function forgetFeatures({ cacheHome }: RunPlace): void {
  try {
    Deno.removeSync(join(cacheHome, "headlight", "features"), { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
