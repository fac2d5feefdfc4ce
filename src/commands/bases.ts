/** `bases`: the networks that `--base` accepts, and which published weights of frozen bases are in the cache. */
import { count } from "../counted.ts";
import { existsSync } from "node:fs";
import type { Base } from "../bases/base.ts";
import { BASE_NAMES, type BaseName, bases } from "../bases/bases.ts";
import { SCRATCH_NETWORKS } from "../bases/networks.ts";
import type { ScratchNetwork } from "../bases/scratch_network.ts";
import { networkNameSchema } from "../config.ts";
import { type KeptRounding, keptRoundings } from "../features/base/kept_roundings.ts";
import { changeWords } from "../features/base/rounding.ts";
import { describe } from "../model/layers.ts";
import { parameterTotals } from "../model/parameters.ts";
import { publishedWeightsPath } from "../model/published_weights.ts";
import { wholeModel } from "../model/whole.ts";
import { cacheRoot } from "../paths.ts";
import { stripControl } from "../text.ts";
import { aligned } from "./aligned.ts";

/** The sides, in pixels, that multiply-adds are stated for: the lesson's, and that of most published weights. */
const SIZES = [160, 224] as const;

/** One frozen base as a line of JSON has it. */
export interface BaseFacts {
  readonly kind: "frozen";
  readonly name: BaseName;
  readonly display_name: string;
  readonly parameters: number;
  readonly features: number;
  /** Multiply-adds for one image, by the image's side. */
  readonly multiply_adds: Readonly<Record<number, number>>;
  readonly top1_percent: number | null;
  readonly preprocessing: Base["preprocessing"];
  readonly smallest_size: number;
  readonly weights: readonly { readonly size: number; readonly path: string; readonly here: boolean }[];
  /** What bfloat16 changes, as measured on this machine with these weights at this size. */
  readonly bfloat16: readonly {
    readonly weights: string;
    readonly size: number;
    /** The share of the multiply-adds in bfloat16, and the largest change of a feature over the largest feature. */
    readonly share: number;
    readonly error: number;
  }[];
}

/** One network that is trained from scratch as a line of JSON has it. */
export interface ScratchFacts {
  readonly kind: "scratch";
  readonly name: string;
  readonly display_name: string;
  /** With the head for the lesson's ten classes. */
  readonly parameters: number;
  readonly default_size: number;
  readonly smallest_size: number;
}

/** Prints a table, or one network a line as JSON. Returns the exit status. */
export function listBases(json: boolean, output: (line: string) => void, root: string = cacheRoot()): number {
  const list = BASE_NAMES.map((name) => factsOf(name, root));
  const scratch = SCRATCH_NETWORKS.map(scratchFacts);
  if (json) {
    for (const facts of [...list, ...scratch]) output(JSON.stringify(facts));
    return 0;
  }
  for (const line of table(list)) output(line);
  output("");
  output("at 160, at 224: thousand millions of multiply-adds for one image of that size");
  output("top-1: accuracy on ImageNet, in percent");
  output("weights: the image sizes that they were made for. A run downloads what it needs.");
  if (list.some(({ weights }) => weights.some(({ here }) => here))) {
    output(`*: already here, in ${stripControl(root)}/weights`);
  }
  const roundings = keptRoundings(root);
  if (roundings.length > 0) {
    output("");
    for (const line of aligned([ROUNDING_HEADER, ...roundings.map(roundingCells)])) output(line);
    output("change: the largest change of a feature, over the largest feature; measured here");
  }
  output("");
  for (const line of aligned([SCRATCH_HEADER, ...scratch.map(scratchCells)])) output(line);
  return 0;
}

function factsOf(name: BaseName, root: string): BaseFacts {
  const base = bases[name];
  const rowsAt = (size: number) => describe(base.layers(size, "max", true));
  const macs = SIZES.map((size) => [size, rowsAt(size).reduce((sum, row) => sum + row.macs, 0)] as const);
  const files = base.published.toSorted((one, other) => one.size - other.size).map(({ size }) => {
    const path = publishedWeightsPath({ base: name, size }, root);
    return { size, path, here: existsSync(path) };
  });
  return {
    kind: "frozen",
    name,
    display_name: base.displayName,
    parameters: parameterTotals(rowsAt(SIZES[0])).total,
    features: base.featureWidth,
    multiply_adds: Object.fromEntries(macs),
    top1_percent: base.top1 ?? null,
    preprocessing: base.preprocessing,
    smallest_size: base.smallestSize,
    weights: files,
    bfloat16: keptRoundings(root).filter(({ base }) => base === name).map(
      ({ weights, size, engine, rounding: { share, error } }) => ({ weights, size, engine, share, error }),
    ),
  };
}

const ROUNDING_HEADER = ["in bfloat16", "size", "engine", "change", "weights"] as const;

function roundingCells({ base, size, engine, weights, rounding }: KeptRounding): string[] {
  return [stripControl(base), String(size), stripControl(engine), changeWords(rounding), weightsWord(weights)];
}

/** A file with random weights has its hash in its name, which says nothing to people. */
function weightsWord(file: string): string {
  const published = Object.values(bases).some((base) => base.published.some(({ name }) => name === file));
  if (published) return "imagenet";
  return file.startsWith("random-") ? "random" : stripControl(file);
}

const HEADER = ["base", "parameters", "features", ...SIZES.map((size) => `at ${size}`), "top-1", "weights"] as const;
const SCRATCH_HEADER = ["trained from scratch", "parameters", "size"] as const;

/** The number of classes that a network's parameters are stated for: the lesson's. */
const LESSON_CLASSES = 10;

function scratchFacts({ name, displayName, defaultSize, smallestSize }: ScratchNetwork): ScratchFacts {
  const sides = { size: defaultSize, inputHeight: defaultSize, inputWidth: defaultSize };
  const model = { ...sides, base: networkNameSchema.parse(name), pooling: "max", classes: LESSON_CLASSES } as const;
  const rows = describe(wholeModel(model));
  return {
    kind: "scratch",
    name,
    display_name: displayName,
    parameters: parameterTotals(rows).total,
    default_size: defaultSize,
    smallest_size: smallestSize,
  };
}

function scratchCells({ name, parameters, default_size }: ScratchFacts): string[] {
  return [name, count(parameters), String(default_size)];
}

function table(list: readonly BaseFacts[]): string[] {
  return aligned([HEADER, ...list.map(cells)]);
}

function cells({ name, parameters, features, multiply_adds, top1_percent, weights }: BaseFacts): string[] {
  return [
    name,
    count(parameters),
    String(features),
    ...SIZES.map((size) => ((multiply_adds[size] ?? 0) / 1e9).toFixed(2)),
    top1_percent === null ? "–" : top1_percent.toFixed(1),
    weights.map(({ size, here }) => `${size}${here ? "*" : ""}`).join(" "),
  ];
}
