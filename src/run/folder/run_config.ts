/** config.json: the options of a run, what they resolved to, and the machine. */
import { dirname } from "node:path";
import { z } from "zod";
import {
  baseFileSchema,
  baseNameSchema,
  type BaseRef,
  preprocessSchema,
  type RunOptions,
  runOptionsSchema,
} from "../../config.ts";
import { type EngineFiles, engineFilesSchema } from "../../engine/engine.ts";
import { classesBody, perClassSchema } from "../../events.ts";
import { provenanceSchema } from "../../features/rows/provenance.ts";
import { replaceFileSync } from "../../files/atomic.ts";
import { readStoredJson, type StoredFile } from "../../files/stored.ts";
import { shellWord } from "../../shell.ts";
import { notedSeriesSchema } from "./series_place.ts";
import { accessTo } from "./secret_options.ts";

export const resolvedSchema = z.object({
  /** The data set in a form from which another process can open it. */
  data: z.record(z.string(), z.unknown()),
  data_name: z.string(),
  classes: z.array(z.string()),
  train: z.int(),
  validation: z.int(),
  /** Older runs do not have this field. */
  per_class: perClassSchema.optional(),
  /** Not there unless the base is in a file. */
  base_file: baseFileSchema.optional(),
  /** "own": those in the base's file. Path and hash are empty for a network that is trained from scratch. */
  weights: z.object({
    kind: z.enum(["published", "random", "file", "own", "scratch"]),
    path: z.string(),
    sha256: z.string(),
  }),
  preprocess: preprocessSchema,
  engine: engineFilesSchema,
  /** Why this engine was chosen, in a few words. Older runs do not have this field. */
  engine_why: z.string().optional(),
});
export type Resolved = z.infer<typeof resolvedSchema>;

/** Returns the base that a run was prepared with. */
export function baseOf({ base }: Pick<RunOptions, "base">, { base_file }: Pick<Resolved, "base_file">): BaseRef {
  return base_file ?? baseNameSchema.parse(base);
}

/** The features on which a head is trained. */
export const trainedFeaturesSchema = z.object({
  /** The digest of the rows (`rowsDigest`). */
  sha256: z.string(),
  /** The machines and settings that computed the rows. */
  made_on: z.array(provenanceSchema),
});
export type TrainedFeatures = z.infer<typeof trainedFeaturesSchema>;

/** What the class sizes mean for the head, computed from the images that could be decoded. */
export const classFactsSchema = classesBody.omit({ type: true });
export type ClassFacts = z.infer<typeof classFactsSchema>;

/** The value of an option or a fact. */
export const changedValueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type ChangedValue = z.infer<typeof changedValueSchema>;

/** A change with which a run was resumed. */
export const runChangeSchema = z.object({
  /** An option, or a fact about the data or the machine. */
  name: z.string(),
  from: changedValueSchema,
  to: changedValueSchema,
  /** How they differ, if both values say little. */
  words: z.string().optional(),
  /** ISO 8601, UTC. */
  time: z.string(),
  /** The place from which the change holds: the number of finished epochs, and of finished batches of the next one. */
  epoch: z.int(),
  step: z.int(),
  /** The SHA-256 of the weights there, by which the place is recognized. Missing if nothing was trained yet. */
  weights: z.string().optional(),
});
export type RunChange = z.infer<typeof runChangeSchema>;

/** The checkpoint of another run whose weights a run started with. They are kept in the run's own folder. */
export const startedFromSchema = z.object({
  /** The id of the other run, and where it was then. */
  run: z.string(),
  path: z.string(),
  /** The name of the checkpoint's folder, to which a link such as `best` pointed then. */
  checkpoint: z.string(),
  /** The number of finished epochs, and of finished batches of the next one. */
  epoch: z.int(),
  step: z.int(),
  /** The SHA-256 of its weights.bin. */
  weights_sha256: z.string(),
});
export type StartedFrom = z.infer<typeof startedFromSchema>;

const storedConfigSchema = z.object({
  version: z.literal(1),
  created: z.string(),
  /**
   * Options that this version no longer has are dropped. Options that an older version did not have get their defaults.
   */
  options: runOptionsSchema.strip(),
  /** Null until the run is prepared. */
  resolved: resolvedSchema.nullable(),
  /** Missing until the features are complete, and in older runs. */
  features: trainedFeaturesSchema.optional(),
  /** The option `shuffle_together`, where an older version kept the number that it had chosen. */
  shuffled_together: z.int().min(1).optional(),
  /**
   * The SHA-256 of the pixels and labels that a network from scratch is trained on. Missing until they are read, for
   * frozen bases, and in older runs.
   */
  pixels: z.object({ train: z.string(), validation: z.string() }).optional(),
  /** Missing until training begins, and in older runs. */
  class_facts: classFactsSchema.optional(),
  /** The processor and the threads that train. Missing until training begins, and in older runs. */
  trained_on: provenanceSchema.optional(),
  /** Missing unless the run started with the weights of another one (`--from`). */
  started_from: startedFromSchema.optional(),
  /** What changed when the run was resumed. Missing if nothing ever did. */
  changes: z.array(runChangeSchema).optional(),
  notices: z.array(z.string()),
  machine: z.object({
    host: z.string(),
    os: z.string(),
    cpu: z.string(),
    cores: z.int(),
    memory_bytes: z.number(),
  }),
  versions: z.record(z.string(), z.string()),
  /** Missing unless one command trains several runs, and in older runs. */
  series: notedSeriesSchema.optional(),
  /** The command that repeats the run (`repeatCommand`); null until it is prepared. */
  repeat: z.string().nullable().default(null),
});
type StoredConfig = z.infer<typeof storedConfigSchema>;

/**
 * Returns the options without `--tf32` if the engine does not compute in TF32: `auto` may have taken one that cannot. A
 * run with both could not go on or be repeated, because it goes on with the engine that it took.
 */
export function withoutVoidTf32(options: RunOptions, { tf32 = false }: Pick<EngineFiles, "tf32">): RunOptions {
  return options.tf32 && !tf32 ? { ...options, tf32: false } : options;
}

/**
 * Older versions recorded `--tf32` with any engine, and not in the options how many images were shuffled together. The
 * commands that repeat such runs are wrong.
 */
function asItRan({ shuffled_together: together, ...config }: StoredConfig): Omit<StoredConfig, "shuffled_together"> {
  const { options, resolved } = config;
  const ordered = together === undefined ? options : { ...options, shuffle_together: together };
  const ran = resolved === null ? ordered : withoutVoidTf32(ordered, resolved.engine);
  return ran === options ? config : { ...config, options: ran, repeat: null };
}

export const runConfigSchema = storedConfigSchema.transform(asItRan);
export type RunConfig = z.infer<typeof runConfigSchema>;

/**
 * Writes config.json atomically. Only its owner can read it if it has what may be a secret.
 * @throws Deno.errors.NotFound if the run's folder does not exist; it is not created again
 */
export function writeRunConfig(path: string, config: RunConfig): void {
  replaceFileSync(path, configText(config), accessTo(config.options));
}

function configText(config: RunConfig): string {
  return JSON.stringify(config, null, 2) + "\n";
}

/** Writes a file, as soon as there is room for it: `Room.write`. */
export type WriteFile = (bytes: () => number, write: () => void) => Promise<void>;

/** The config of a run that is being trained: what is learnt is written to config.json at once. */
export class KeptConfig {
  #value: RunConfig;

  constructor(private readonly path: string, value: RunConfig, private readonly write: WriteFile) {
    this.#value = value;
  }

  get value(): RunConfig {
    return this.#value;
  }

  /** Drops what is computed anew, so that a later resume does not compare it with what was there before. */
  forget(names: readonly ("features" | "pixels" | "trained_on")[]): void {
    for (const name of names) {
      const { [name]: _, ...rest } = this.#value;
      this.#value = rest;
    }
  }

  /** @throws Deno.errors.NotFound as `writeRunConfig` */
  async update(learnt: Partial<RunConfig>): Promise<void> {
    const { path } = this;
    this.#value = { ...this.#value, ...learnt };
    await this.write(() => configText(this.#value).length, () => writeRunConfig(path, this.#value));
  }
}

/** Reads config.json. @throws HeadlightError (2) if it is missing, damaged or has an unexpected form */
export function readRunConfig(path: string): RunConfig {
  return readStoredJson(configFile(path), runConfigSchema);
}

/** Returns the file with the remedy for errors. */
export function configFile(path: string): StoredFile {
  const run = shellWord(dirname(path));
  return { path, remedy: `Restore it from a copy, or remove the run with deno task runs rm ${run}`, exitStatus: 2 };
}
