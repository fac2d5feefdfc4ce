/** The facts about one run in a comparison. Pure. */
import { bases } from "../../bases/bases.ts";
import { displayName } from "../../bases/networks.ts";
import { baseNameSchema, networkNameSchema, type RunOptions, shownBase } from "../../config.ts";
import type { EndReason, EventOf } from "../../events.ts";
import { bestEpochOf, epochAt, type RunState } from "../../run_state/run_state.ts";
import { engineText } from "../../dashboard/run_text/engine_text.ts";
import { stripControl } from "../../text.ts";
import { wilson } from "../metrics.ts";

/** What a comparison says about one run. */
export interface ComparedRun {
  readonly id: string;
  /** The value of `--name`, or null. */
  readonly name: string | null;
  /** The display name of the base or network. */
  readonly base: string;
  /**
   * The source of the base's weights. This and the next fields up to `engine` are null if the run was never prepared.
   */
  readonly weights: string | null;
  readonly preprocess: string | null;
  /** The base's own mode of preprocessing, which `imagenet` stands for; null with `scale`. */
  readonly mode: string | null;
  readonly data: string | null;
  /** The names of the classes that the run distinguishes. */
  readonly classes: readonly string[] | null;
  /** The engine that computed the base, its version and its device: "openvino 2026.4.1 on cpu". */
  readonly engine: string | null;
  /** The height and width of the base's input, in pixels. */
  readonly size: number;
  /** The first epoch with the best monitored figure, counted from 1, and its validation accuracy. */
  readonly best: {
    readonly epoch: number;
    readonly accuracy: number;
    /** The 95 % interval of the accuracy, see `wilson`. */
    readonly interval: readonly [low: number, high: number];
  } | null;
  /** The number of finished epochs. */
  readonly epochs: number;
  /** From the run's start to its end; null if it has no end. */
  readonly seconds: number | null;
  readonly parameters: { readonly total: number; readonly trainable: number } | null;
  /** The number of images whose features the base computed per second; null if all were in the cache. */
  readonly imagesPerSecond: number | null;
  /** Whether a trainer owns the run. Its figures may still change. */
  readonly live: boolean;
  /** Why the run ended; null if it has no end: it is live, or its trainer exited unexpectedly. */
  readonly end: EndReason | null;
  /** Why the run failed; null if it did not fail. */
  readonly error: string | null;
}

/** The options in config.json that are known before a run is prepared. */
type Requested = Pick<RunOptions, "base" | "size" | "name">;

function shownName(base: string): string {
  const network = networkNameSchema.safeParse(base).data;
  return network === undefined ? shownBase(base) : displayName(network);
}

/**
 * Returns what a comparison says about a run.
 * @param id the name of the run's folder
 * @param live whether a trainer owns the run
 */
export function comparedRun(id: string, requested: Requested, run: RunState, live: boolean): ComparedRun {
  const { facts, epochs, end, featureRate } = run;
  const named = baseNameSchema.safeParse(requested.base).data;
  const base = named === undefined ? null : bases[named];
  const inside = facts?.model.preprocesses_inside ? "inside" : null;
  return {
    id: stripControl(id),
    name: facts?.name ?? requested.name ?? null,
    base: facts?.model.base ?? shownName(requested.base),
    weights: facts?.model.weights ?? null,
    preprocess: facts?.model.preprocess ?? null,
    mode: facts?.model.preprocess === "imagenet" ? base?.preprocessing ?? inside : null,
    data: facts?.dataset.name ?? null,
    classes: facts?.dataset.classes ?? null,
    engine: facts && engineText(facts.engine),
    size: facts?.model.size ?? requested.size,
    best: bestOf(run, facts),
    epochs: end?.epochs ?? epochs.length,
    seconds: end?.seconds.total ?? null,
    parameters: facts && { total: facts.parameters.total, trainable: facts.parameters.trainable },
    imagesPerSecond: featureRate,
    live: live && end === null,
    end: end?.reason ?? null,
    error: end?.error ?? null,
  };
}

function bestOf(run: RunState, facts: EventOf<"run"> | null): ComparedRun["best"] {
  const epoch = bestEpochOf(run);
  const accuracy = epochAt(run.epochs, epoch)?.val_accuracy ?? null;
  if (!facts || epoch === null || accuracy === null) return null;
  const count = facts.dataset.validation;
  return { epoch, accuracy, interval: wilson(Math.round(accuracy * count), count) };
}
