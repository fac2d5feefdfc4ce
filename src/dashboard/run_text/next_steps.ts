/** The next steps after a run, as commands to copy. Pure. */
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { at } from "../../at.ts";
import { DEFAULT_RUNS, runOptionsSchema } from "../../config.ts";
import type { RunState } from "../../run_state/run_state.ts";
import { type AtRest, type Extension, type Reached, usualExtension, wayOn } from "../../run_state/way_on.ts";
import { tryAgainCommand } from "../../run/repeat.ts";
import { argumentFrom } from "../../run/folder/run_argument.ts";
import { shellWord } from "../../shell.ts";
import { stripControl } from "../../text.ts";
import type { DashboardState } from "../view/state.ts";
import type { ViewState } from "../view/view_state.ts";

export interface NextStep {
  /** What the command does, in one or two words. */
  readonly name: string;
  /** Equivalent commands, the most exact first. */
  readonly wordings: readonly string[];
  /** Whether a dashboard on a small screen leaves it out. The summary after the dashboard has it. */
  readonly onLargeScreens?: boolean;
}

const DEFAULT_PATIENCE = runOptionsSchema.shape.patience.parse(undefined);

/** A placeholder for a file. */
const SOME_IMAGE = "IMAGE";
/** The format of the exported model in the command. The course that Headlight follows uses Keras. */
const EXPORT_FORMAT = "keras";

/**
 * Returns evaluate, predict, plot, report and export for a run with a best epoch, another command to try after a NaN
 * loss, and after the loss of the trainer, where its log is and how the run goes on.
 */
export function nextSteps({ run, view }: DashboardState): NextStep[] {
  const { end, facts } = run;
  const of = namesOf(view);
  const again = end?.reason === "nan" ? tryAgainCommand(facts?.config) : null;
  const lost = end === null && view.lost;
  const goOn = of.flatMap((name) => goOnStep({ run, view }, name) ?? []);
  return [
    ...(lost ? [{ name: "log", wordings: logWordings(view) }, { name: "go on", wordings: goOn }] : []),
    ...(again === null ? [] : [{ name: "try again", wordings: [stripControl(again)] }]),
    ...(end?.best || (lost && run.checkpoints.some(({ kind }) => kind === "best"))
      ? [
        { name: "evaluate", wordings: of.map((name) => `${view.command} evaluate ${name}`) },
        {
          name: "predict",
          wordings: [imageOf(run), SOME_IMAGE].flatMap((image) =>
            image === null ? [] : of.map((name) => `${view.command} predict ${name} ${image}`)
          ),
        },
        { name: "plot", wordings: of.map((name) => `${view.command} plot ${name}`) },
        { name: "report", wordings: of.map((name) => `${view.command} report ${name}`), onLargeScreens: true },
        {
          name: "export",
          wordings: of.map((name) => `${view.command} export ${name} --to ${EXPORT_FORMAT}`),
          onLargeScreens: true,
        },
      ]
      : []),
  ];
}

/** What decides how a run goes on. */
export interface GoOnFacts extends AtRest, Omit<Reached, "patience" | "wait"> {
  /** The argument that names the run in commands. */
  readonly run: string;
  /** How commands begin. */
  readonly command: string;
  /** The state of early stopping, if it is known. */
  readonly stopping: Pick<Reached, "patience" | "wait"> | null;
}

/**
 * Returns the one command with which a run goes on, or null if there is none, see `wayOn`. A run that reached its end
 * is extended, see `usualExtension`.
 */
export function goOnCommand(facts: GoOnFacts): string | null {
  const way = wayOn(facts);
  if (way === null) return null;
  const { patience = DEFAULT_PATIENCE, wait = 0 } = facts.stopping ?? {};
  const extension = way === "extend" ? usualExtension({ ...facts, patience, wait }) : {};
  return [`${facts.command} train --resume ${facts.run}`, ...extensionFlags(extension)].join(" ");
}

/** Returns the flags of an extension. */
export function extensionFlags({ epochs, patience }: Extension): string[] {
  return [
    ...(epochs === undefined ? [] : [`--epochs ${epochs}`]),
    ...(patience === undefined ? [] : [`--patience ${patience}`]),
  ];
}

/** Returns how far the run of a dashboard has come. A run without an end counts as lost. */
export function reached({ end, epochs, earlyStopping, facts }: RunState): Reached {
  return {
    reason: end?.reason ?? "lost",
    epochs: end?.epochs ?? epochs.length,
    planned: facts?.epochs ?? null,
    patience: earlyStopping?.patience ?? DEFAULT_PATIENCE,
    wait: earlyStopping?.wait ?? 0,
  };
}

/**
 * The command for the run of a dashboard, see `goOnCommand`.
 *
 * @param name the argument that names the run
 */
export function goOnStep({ run, view }: DashboardState, name: string = argument(view)): string | null {
  return goOnCommand({
    ...reached(run),
    ...{ run: name, command: view.command, stopping: run.earlyStopping, saved: run.checkpoints.length > 0 },
  });
}

/** Returns paths of the trainer's log, the second one from the folder in which Headlight was started. */
function logWordings({ directory, runs }: ViewState): string[] {
  if (directory === null) return [];
  const id = basename(directory);
  const paths = [directory, ...(runs !== null && dirname(directory) === runs ? [join(DEFAULT_RUNS, id)] : []), id];
  return paths.map((path) => shellWord(join(path, "trainer.log")));
}

const sourceSchema = z.object({ resolved: z.object({ data: z.object({ folder: z.string() }) }) });

/**
 * Returns the path of the most confident mistake, quoted for a shell, or null if the images have no files.
 */
function imageOf({ facts, samples }: Pick<RunState, "facts" | "samples">): string | null {
  const file = samples?.mistakes[0]?.file ?? null;
  const source = sourceSchema.safeParse(facts?.config);
  return file === null || !source.success ? null : shellWord(join(source.data.resolved.data.folder, file));
}

/**
 * Returns the argument that names the run in commands: see `argumentFrom`.
 */
export function argument(view: ViewState): string {
  return at(namesOf(view), 0);
}

/** Returns all arguments that name the run in commands, the most exact first and the shortest last. */
function namesOf({ id, shortId, directory, runs }: ViewState): string[] {
  if (id === null) return ["latest"];
  const ids = [id, ...(shortId === null ? [] : [shortId])].map(shellWord);
  if (runs === null || directory === null || directory === `${runs}/${id}`) return ids;
  const folder = shellWord(dirname(directory));
  return [
    argumentFrom({ id, path: directory }, runs),
    ...(basename(directory) === id ? ids.map((name) => `${name} --runs ${folder}`) : []),
  ];
}
