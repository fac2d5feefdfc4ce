/** The next steps after a run, as commands to copy. Pure. */
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { at } from "../../at.ts";
import { DEFAULT_RUNS, runOptionsSchema } from "../../config.ts";
import type { EndReason } from "../../events.ts";
import type { RunState } from "../../run_state/run_state.ts";
import { tryAgainCommand } from "../../run/repeat.ts";
import { shellWord } from "../../shell.ts";
import { stripControl } from "../../text.ts";
import type { DashboardState } from "../view/state.ts";
import type { ViewState } from "../view/view_state.ts";

export interface NextStep {
  /** What the command does, in one or two words. */
  readonly name: string;
  /** Equivalent commands, the most exact first. */
  readonly wordings: readonly string[];
}

const DEFAULT_PATIENCE = runOptionsSchema.shape.patience.parse(undefined);

/** A placeholder for a file. */
const SOME_IMAGE = "IMAGE";

/**
 * Returns evaluate, predict and plot for a run with a best epoch, another command to try after a NaN loss, and after the
 * loss of the trainer, where its log is and how the run goes on.
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
      ]
      : []),
  ];
}

/** What decides how a run goes on. */
export interface GoOnFacts {
  /** The argument that names the run in commands. */
  readonly run: string;
  /** How commands begin. */
  readonly command: string;
  /** Why the run ended; `lost` if its trainer exited without an end. */
  readonly reason: EndReason | "lost";
  /** The number of finished epochs. */
  readonly epochs: number;
  /** The patience of early stopping, if it is known. */
  readonly patience: number | null;
  /** Whether the run has a checkpoint. */
  readonly saved: boolean;
}

/**
 * Returns the one command with which a run goes on, or null if there is none. A run that was cut short is resumed. One
 * that reached its end is extended: to twice its epochs, or with twice its patience. A run that ended in NaN would end
 * in it again, and a run that failed before its first checkpoint has nothing to go on from.
 */
export function goOnCommand({ run, command, reason, epochs, patience, saved }: GoOnFacts): string | null {
  const resume = `${command} train --resume ${run}`;
  switch (reason) {
    case "stopped":
    case "interrupted":
    case "lost":
      return resume;
    case "failed":
      return saved ? resume : null;
    case "completed":
      return `${resume} --epochs ${2 * Math.max(1, epochs)}`;
    case "early_stopping":
      return `${resume} --patience ${2 * Math.max(1, patience ?? DEFAULT_PATIENCE)}`;
    case "nan":
      return null;
  }
}

/**
 * The command for the run of a dashboard, see `goOnCommand`. A run without an end counts as lost.
 *
 * @param name the argument that names the run
 */
export function goOnStep({ run, view }: DashboardState, name: string = argument(view)): string | null {
  const { end, checkpoints, epochs, earlyStopping } = run;
  return goOnCommand({
    ...{ run: name, command: view.command, reason: end?.reason ?? "lost" },
    epochs: end?.epochs ?? epochs.length,
    patience: earlyStopping?.patience ?? null,
    saved: checkpoints.length > 0,
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
 * Returns the argument that names the run in commands: its id if it is in the default folder of runs, else its path.
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
  return [shellWord(directory), ...(basename(directory) === id ? ids.map((name) => `${name} --runs ${folder}`) : [])];
}
