/** A run at a glance, broken or not: what `runs` lists. */
import { resolve } from "node:path";
import { z } from "zod";
import { at } from "../../at.ts";
import { folderName } from "../../data/dataset/folder_name.ts";
import { modeSchema, monitorSchema } from "../../config.ts";
import { endReasonSchema, epochFiguresSchema, perClassSchema, phaseNameSchema } from "../../events.ts";
import { DEFAULT_MONITOR } from "../../metrics.ts";
import { phaseOf, type RunState } from "../../run_state/run_state.ts";
import { resolveMode } from "../../training/early_stopping.ts";
import { bestFigures, epochsIn, type History, lastFigures } from "../../training/history.ts";
import { timeInId } from "../folder/run_id.ts";
import type { Custody } from "../owner/custody.ts";

/** One line of `runs --json`. Texts are as the files have them; strip them before they are drawn. */
export const overviewSchema = z.object({
  id: z.string(),
  directory: z.string(),
  /** `--name`. */
  name: z.string().nullable(),
  /** ISO, UTC; null where neither config.json nor the id tells. */
  created: z.string().nullable(),
  data: z.string().nullable(),
  base: z.string().nullable(),
  /**
   * The classes with their numbers of images: those that were found, and from the start of training on those that could
   * be decoded. Null where config.json does not tell, as in runs of older versions.
   */
  classes: z.array(z.object({ name: z.string(), train: z.int(), validation: z.int() })).nullable(),
  /** live: a trainer has it, or is just starting. lost: no trainer, no end. broken: its files do not tell. */
  status: z.enum(["live", "ended", "lost", "broken"]),
  /** Of a live run. */
  phase: z.enum(["starting", ...phaseNameSchema.options]).nullable(),
  /** Whether a live run waits to be resumed. */
  paused: z.boolean(),
  /** Of a run that has an end. */
  reason: endReasonSchema.nullable(),
  /** One line: why it failed, or what is lost or broken. */
  problem: z.string().nullable(),
  /** Epochs finished, and those asked for. */
  epochs: z.int(),
  epochs_asked: z.int().nullable(),
  /** The first epoch with the strictly best monitored figure, and the last one; null where none was finished. */
  best: epochFiguresSchema.nullable(),
  last: epochFiguresSchema.nullable(),
  /** The curve of a list, by epoch; null where it was no number. The same figure for every run, whatever it monitors. */
  [DEFAULT_MONITOR]: z.array(z.number().nullable()),
  /** What the folder holds on disk. */
  bytes: z.int(),
});
export type Overview = z.infer<typeof overviewSchema>;

/** What a list needs of config.json: less than a trainer does, so that a run of another version is no broken one. */
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
    classes: z.array(z.string()).optional(),
    per_class: perClassSchema.optional(),
  }).nullable(),
  class_facts: z.object({ per_class: perClassSchema.optional() }).optional(),
});
export type ConfigFacts = z.infer<typeof configFactsSchema>;

/** Or the line that says why it cannot be had. */
export type Or<T> = T | { readonly problem: string };

/** What a run's folder tells, read. */
export interface RunFacts {
  readonly id: string;
  readonly directory: string;
  readonly config: Or<ConfigFacts>;
  /** What the end of its log says. */
  readonly said: Or<RunState>;
  readonly history: History;
  readonly custody: Custody["kind"];
  readonly bytes: number;
}

/** The overview that the facts give. */
export function overview({ id, directory, config, said, history, custody, bytes }: RunFacts): Overview {
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
    base: facts?.options.base ?? null,
    classes: facts ? classesOf(facts) : null,
    ...status({ config, said, custody }),
    reason: end?.reason ?? null,
    epochs: end?.epochs ?? finished,
    epochs_asked: facts?.options.epochs ?? null,
    best: end ? end.best : bestFigures(history, monitor, resolveMode(mode, monitor)),
    last: end ? end.last : lastFigures(history),
    [DEFAULT_MONITOR]: history[DEFAULT_MONITOR],
    bytes,
  };
}

const AT_REST = { phase: null, paused: false } as const;

function status(
  { config, said, custody }: Pick<RunFacts, "config" | "said" | "custody">,
): Pick<Overview, "status" | "phase" | "paused" | "problem"> {
  if (custody !== "nobody") {
    const phase = "problem" in said || said.end ? null : phaseOf(said);
    const paused = !("problem" in said) && said.control === "paused";
    return { status: "live", phase: phase ?? "starting", paused, problem: null };
  }
  const problems = [config, said].flatMap((part) => ("problem" in part ? [part.problem] : []));
  if (problems.length > 0) return { status: "broken", ...AT_REST, problem: problems.join("; ") };
  if (!("problem" in said) && said.end) {
    return { status: "ended", ...AT_REST, problem: said.end.error ?? null };
  }
  return { status: "lost", ...AT_REST, problem: "no end and no trainer: it was killed, or the machine went down" };
}

function classesOf({ resolved, class_facts }: ConfigFacts): Overview["classes"] {
  const classes = resolved?.classes;
  // What could be decoded, as soon as that is known.
  const sizes = class_facts?.per_class ?? resolved?.per_class;
  if (!classes || !sizes) return null;
  const { train, validation } = sizes;
  // A config.json that was changed by hand may have another number of them.
  if (train.length !== classes.length || validation.length !== classes.length) return null;
  return classes.map((name, label) => ({ name, train: at(train, label), validation: at(validation, label) }));
}

/** A folder by its name alone, as the run's id has it. */
function dataAsked(data: string | undefined): string | null {
  return data === undefined ? null : folderName(resolve(data));
}

/** The newest first; runs of which no time is known come last. */
export function newestFirst(runs: readonly Overview[]): Overview[] {
  const numeric = new Intl.Collator("en", { numeric: true });
  return runs.toSorted((one, other) =>
    (other.created ?? "").localeCompare(one.created ?? "") || numeric.compare(other.id, one.id)
  );
}
