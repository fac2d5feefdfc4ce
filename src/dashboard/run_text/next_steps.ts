/** What to do with a run that has ended, as commands that can be copied. Pure. */
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
  /** What the command is for, in two words. */
  readonly name: string;
  /** The command, the most exact wording first; each of them works where it is printed. */
  readonly wordings: readonly string[];
}

/** Stands for a file of the person's own. */
const SOME_IMAGE = "IMAGE";

/** Returns evaluate, predict and plot for a run that has an epoch to show, and what to try after a loss that is NaN. */
export function nextSteps({ run, view }: DashboardState): NextStep[] {
  const { end, facts } = run;
  const of = namesOf(view);
  const again = end?.reason === "nan" ? tryAgainCommand(facts?.config) : null;
  return [
    ...(again === null ? [] : [{ name: "try again", wordings: [stripControl(again)] }]),
    ...(end?.best
      ? [
        { name: "judge it", wordings: of.map((name) => `${view.command} evaluate ${name}`) },
        {
          name: "use it",
          wordings: [imageOf(run), SOME_IMAGE].flatMap((image) =>
            image === null ? [] : of.map((name) => `${view.command} predict ${name} ${image}`)
          ),
        },
        { name: "plot it", wordings: of.map((name) => `${view.command} plot ${name}`) },
      ]
      : []),
  ];
}

const sourceSchema = z.object({ resolved: z.object({ data: z.object({ folder: z.string() }) }) });

/** The image that the head is most confidently wrong about, as a word of a shell; null where images have no files. */
function imageOf({ facts, samples }: Pick<RunState, "facts" | "samples">): string | null {
  const file = samples?.mistakes[0]?.file ?? null;
  const source = sourceSchema.safeParse(facts?.config);
  return file === null || !source.success ? null : shellWord(join(source.data.resolved.data.folder, file));
}

/** How commands name the run: by its id where they find it in their own folder of runs, else by its path. */
export function argument(view: ViewState): string {
  return at(namesOf(view), 0);
}

/** All ways to name the run to a command, the most exact one first and the shortest one last. */
function namesOf({ id, shortId, directory, runs }: ViewState): string[] {
  if (id === null) return ["latest"];
  const ids = [id, ...(shortId === null ? [] : [shortId])].map(shellWord);
  if (runs === null || directory === null || directory === `${runs}/${id}`) return ids;
  const folder = shellWord(dirname(directory));
  return [shellWord(directory), ...(basename(directory) === id ? ids.map((name) => `${name} --runs ${folder}`) : [])];
}
