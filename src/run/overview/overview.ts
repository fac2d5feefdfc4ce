/** The overview of a run, broken or not, for lists of runs. */
import { resolve } from "node:path";
import { z } from "zod";
import { at } from "../../at.ts";
import { folderName } from "../../data/dataset/folder_name.ts";
import { modeSchema, monitorSchema, shownBase } from "../../config.ts";
import { endReasonSchema, epochFiguresSchema, perClassSchema, phaseNameSchema } from "../../events.ts";
import { DEFAULT_MONITOR } from "../../metrics.ts";
import { phaseOf, type RunState } from "../../run_state/run_state.ts";
import { wayOn } from "../../run_state/way_on.ts";
import { resolveMode } from "../../training/early_stopping.ts";
import { bestFigures, epochsIn, type History, lastFigures } from "../../training/history.ts";
import { newer } from "../folder/newer.ts";
import { timeInId } from "../folder/run_id.ts";
import type { Or } from "../log/read_said.ts";
import type { Custody } from "../owner/custody.ts";

/**
 * One line of `runs --json`. Texts are unchanged from the files and must be stripped of control characters before they
 * are drawn.
 */
export const overviewSchema = z.object({
  id: z.string(),
  directory: z.string(),
  /** The name from `--name`. */
  name: z.string().nullable(),
  /** ISO 8601, UTC; null if neither config.json nor the id contains it. */
  created: z.string().nullable(),
  data: z.string().nullable(),
  base: z.string().nullable(),
  /** The kind of engine that computes the base; null until the run is prepared. */
  engine: z.string().nullable(),
  /**
   * The classes with their numbers of images. Until training begins, these are the images found; after that, those that
   * could be decoded. null if config.json does not contain them, as in runs of older versions.
   */
  classes: z.array(z.object({ name: z.string(), train: z.int(), validation: z.int() })).nullable(),
  /**
   * live: a trainer is running or just starting. lost: there is neither a trainer nor an end. broken: files are missing
   * or damaged.
   */
  status: z.enum(["live", "ended", "lost", "broken"]),
  /** The phase of a live run. */
  phase: z.enum(["starting", ...phaseNameSchema.options]).nullable(),
  /** Whether a live run is paused. */
  paused: z.boolean(),
  /** Why the run ended, if it did. */
  reason: endReasonSchema.nullable(),
  /**
   * Whether `train --resume` goes on with the run as it is: it was cut short, and not by a loss that is not a number.
   */
  resumable: z.boolean(),
  /** Whether the run reached its end and can be trained for more epochs, with `train --resume RUN --epochs N`. */
  extendable: z.boolean(),
  /** One line that says why the run failed, or what is missing or damaged. */
  problem: z.string().nullable(),
  /** The number of finished epochs, and the number requested with `--epochs`. */
  epochs: z.int(),
  epochs_asked: z.int().nullable(),
  /** The figures of the best and of the last epoch; null if no epoch was finished. */
  best: epochFiguresSchema.nullable(),
  last: epochFiguresSchema.nullable(),
  /**
   * The values by epoch for a small chart; null where a value is not a number. This is the same figure for every run,
   * whatever it monitors.
   */
  [DEFAULT_MONITOR]: z.array(z.number().nullable()),
  /** The size of the run's folder on disk. */
  bytes: z.int(),
});
export type Overview = z.infer<typeof overviewSchema>;

/**
 * The fields of config.json that a list needs. A trainer needs more, but a run of another version should not count as
 * broken.
 */
export const configFactsSchema = z.object({
  created: z.iso.datetime(),
  options: z.object({
    base: z.string(),
    epochs: z.int(),
    data: z.string().optional(),
    name: z.string().optional(),
    monitor: monitorSchema.default(DEFAULT_MONITOR),
    mode: modeSchema.default("auto"),
  }),
  resolved: z.object({
    data_name: z.string(),
    engine: z.object({ kind: z.string() }).optional(),
    classes: z.array(z.string()).optional(),
    per_class: perClassSchema.optional(),
  }).nullable(),
  class_facts: z.object({ per_class: perClassSchema.optional() }).optional(),
});
export type ConfigFacts = z.infer<typeof configFactsSchema>;

/** What was read from a run's folder. */
export interface RunFacts {
  readonly id: string;
  readonly directory: string;
  readonly config: Or<ConfigFacts>;
  /** The state according to the end of the log. */
  readonly said: Or<RunState>;
  readonly history: History;
  readonly custody: Custody["kind"];
  /** Whether the run has a checkpoint. */
  readonly saved: boolean;
  readonly bytes: number;
  /** Whether the disk of its folder has no room now. A run that waits for room cannot write that to its log. */
  readonly diskIsFull: boolean;
}

/** Returns the overview that follows from the facts. */
export function overview(
  { id, directory, config, said, history, custody, saved, bytes, diskIsFull }: RunFacts,
): Overview {
  const facts = "problem" in config ? null : config;
  const end = "problem" in said ? null : said.end;
  const { monitor, mode } = facts?.options ?? { monitor: DEFAULT_MONITOR, mode: "auto" };
  const finished = epochsIn(history);
  return {
    id,
    directory,
    name: facts?.options.name ?? null,
    created: facts?.created ?? timeInId(id)?.toISOString() ?? null,
    data: facts ? facts.resolved?.data_name ?? dataAsked(facts.options.data) : null,
    base: facts ? shownBase(facts.options.base) : null,
    engine: facts?.resolved?.engine?.kind ?? null,
    classes: facts ? classesOf(facts) : null,
    ...status({ config, said, custody, saved, diskIsFull }),
    reason: end?.reason ?? null,
    epochs: end?.epochs ?? finished,
    epochs_asked: facts?.options.epochs ?? null,
    best: end ? end.best : bestFigures(history, monitor, resolveMode(mode, monitor)),
    last: end ? end.last : lastFigures(history),
    [DEFAULT_MONITOR]: [...history[DEFAULT_MONITOR]],
    bytes,
  };
}

const AT_REST = { phase: null, paused: false, resumable: false, extendable: false } as const;

function status(
  { config, said, custody, saved, diskIsFull }: Pick<
    RunFacts,
    "config" | "said" | "custody" | "saved" | "diskIsFull"
  >,
): Pick<Overview, "status" | "phase" | "paused" | "resumable" | "extendable" | "problem"> {
  if (custody !== "nobody") {
    const phase = "problem" in said || said.end ? null : phaseOf(said);
    const paused = !("problem" in said) && (said.control === "paused" || diskIsFull);
    return { status: "live", ...AT_REST, phase: phase ?? "starting", paused, problem: null };
  }
  const problems = [config, said].flatMap((part) => ("problem" in part ? [part.problem] : []));
  if (problems.length > 0) return { status: "broken", ...AT_REST, problem: problems.join("; ") };
  if (!("problem" in said) && said.end) {
    const way = wayOn({ reason: said.end.reason, saved });
    const ways = { resumable: way === "resume", extendable: way === "extend" };
    return { status: "ended", ...AT_REST, ...ways, problem: said.end.error ?? null };
  }
  return {
    status: "lost",
    ...AT_REST,
    resumable: wayOn({ reason: "lost", saved }) === "resume",
    problem: lostText(said, diskIsFull),
  };
}

/** Says why a run was lost, as far as it is known. */
function lostText(said: Or<RunState>, diskIsFull: boolean): string {
  const waitedFor = "problem" in said ? null : said.waitsFor;
  if (diskIsFull) return "the trainer exited without finishing the run, and the disk of its folder is full";
  return waitedFor === null
    ? "the trainer exited without finishing the run, because it was killed or the machine went down"
    : `the trainer exited without finishing the run, while it waited for room on the disk of ${waitedFor.path}`;
}

function classesOf({ resolved, class_facts }: ConfigFacts): Overview["classes"] {
  const classes = resolved?.classes;
  // Counts of the images that could be decoded, once they are known.
  const sizes = class_facts?.per_class ?? resolved?.per_class;
  if (!classes || !sizes) return null;
  const { train, validation } = sizes;
  // The numbers of classes may differ if config.json was edited.
  if (train.length !== classes.length || validation.length !== classes.length) return null;
  return classes.map((name, label) => ({ name, train: at(train, label), validation: at(validation, label) }));
}

/** Returns the name of the data set's folder, as in the run's id. */
function dataAsked(data: string | undefined): string | null {
  return data === undefined ? null : folderName(resolve(data));
}

/** Returns the runs sorted by time, the newest first. Runs without a known time come last. */
export function newestFirst(runs: readonly Overview[]): Overview[] {
  return runs.toSorted(newer);
}
