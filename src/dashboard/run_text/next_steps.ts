/** The next steps after a run, as commands to copy. Pure. */
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { at } from "../../at.ts";
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

/** A placeholder for a file. */
const SOME_IMAGE = "IMAGE";

/** Returns evaluate, predict and plot for a run with a best epoch, and another command to try after a NaN loss. */
export function nextSteps({ run, view }: DashboardState): NextStep[] {
  const { end, facts } = run;
  const of = namesOf(view);
  const again = end?.reason === "nan" ? tryAgainCommand(facts?.config) : null;
  return [
    ...(again === null ? [] : [{ name: "try again", wordings: [stripControl(again)] }]),
    ...(end?.best
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
