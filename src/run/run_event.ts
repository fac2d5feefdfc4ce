/** What a prepared run resolved to, and the `run` event that says it. */
import { publishedFile } from "../bases/base.ts";
import { bases } from "../bases/bases.ts";
import { displayName } from "../bases/networks.ts";
import { networkNameSchema, type RunOptions } from "../config.ts";
import { replaceFileSync } from "../files/atomic.ts";
import type { BaseNetwork } from "../model/base_network.ts";
import { describe } from "../model/layers.ts";
import { modelParameters } from "../model/parameters.ts";
import { renderSummary } from "../model/summary.ts";
import { type ModelOptions, wholeModel } from "../model/whole.ts";
import { shownOptions } from "./folder/secret_options.ts";
import { perClassOf } from "./class_facts.ts";
import type { RunDirectory } from "./folder/directory.ts";
import type { Resolved, RunConfig } from "./folder/run_config.ts";
import type { Journal } from "./journal.ts";
import type { Prepared } from "./prepare.ts";

/** Returns what the options of a run resolved to. */
export function resolvedOf(
  { source, dataset, base, weights, preprocess, engine, engineChoice }: Prepared,
): Resolved {
  return {
    data: source,
    data_name: dataset.name,
    classes: [...dataset.classes],
    train: dataset.train.count,
    validation: dataset.validation.count,
    per_class: perClassOf(dataset),
    ...(base === null || typeof base === "string" ? {} : { base_file: base }),
    weights,
    preprocess,
    engine,
    engine_why: engineChoice.why,
  };
}

/**
 * Returns what decides the layers of the model.
 * @param published whether the base has the layers that belong to its published weights
 */
export function modelOf(
  options: RunOptions,
  { dataset, network }: Pick<Prepared, "network"> & {
    readonly dataset: Pick<Prepared["dataset"], "classes" | "height" | "width">;
  },
  published: boolean,
): ModelOptions {
  return {
    ...options,
    published,
    base: network ?? networkNameSchema.parse(options.base),
    classes: dataset.classes.length,
    // Image files are resized when they are read.
    inputHeight: dataset.height ?? options.size,
    inputWidth: dataset.width ?? options.size,
  };
}

/** Writes summary.txt. */
export function writeSummary(run: RunDirectory, model: ModelOptions): void {
  replaceFileSync(run.summary, renderSummary(describe(wholeModel(model))) + "\n");
}

/** Says what the run is. */
export function sayRun(
  run: RunDirectory,
  config: RunConfig,
  prepared: Prepared,
  model: ModelOptions,
  journal: Journal,
): void {
  const { options, notices, started_from: from } = config;
  const { dataset, network, weights, preprocess, engine, engineChoice } = prepared;
  journal.say({
    type: "run",
    id: run.id,
    directory: run.path,
    name: options.name ?? null,
    config: { ...config, options: shownOptions(options) },
    dataset: {
      name: dataset.name,
      train: dataset.train.count,
      validation: dataset.validation.count,
      height: dataset.height,
      width: dataset.width,
      classes: [...dataset.classes],
      per_class: perClassOf(dataset),
    },
    model: {
      base: network?.displayName ?? displayName(networkNameSchema.parse(options.base)),
      weights: weights.kind,
      preprocess,
      size: options.size,
      pooling: options.pooling,
      precision: options.precision,
      ...(network ? baseFacts(prepared, network, options.size) : {}),
    },
    parameters: modelParameters(model),
    engine: {
      ...{ kind: engine.kind, version: engine.version, device: engine.device },
      ...(engine.device_name === undefined ? {} : { device_name: engine.device_name }),
      why: engineChoice.why,
    },
    ...(from ? { started_from: { run: from.run, epoch: from.epoch, step: from.step } } : {}),
    epochs: options.epochs,
    notices: [...notices],
  });
}

/** What is to be said of a frozen base beside its name. */
function baseFacts({ base, weights }: Prepared, { madeFor, preprocessing }: BaseNetwork, size: number) {
  const published = weights.kind === "published" && typeof base === "string"
    ? publishedFile(bases[base], size).size
    : size;
  const weightsSize = weights.kind === "own" ? madeFor ?? size : published;
  return {
    ...(weightsSize === size ? {} : { weights_size: weightsSize }),
    ...(preprocessing === "inside" ? { preprocesses_inside: true } : {}),
  };
}
