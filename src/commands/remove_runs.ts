/** `runs rm`: removes runs after asking for confirmation once. */
import { count } from "../counted.ts";
import { valueOf } from "../at.ts";
import { bytes } from "../dashboard/text/formats.ts";
import { cut } from "../dashboard/text/width.ts";
import { HeadlightError } from "../errors.ts";
import { callerDirectory, fromCaller } from "../paths.ts";
import { folderSize } from "../files/folder_size.ts";
import { refuseLive, removeRuns } from "../run/upkeep/remove.ts";
import { settleClaims } from "../run/owner/claim.ts";
import { findRun } from "../run/folder/find_run.ts";
import { runsFlag } from "../run/folder/runs_flag.ts";
import { stripControl } from "../text.ts";
import { distinctRuns } from "./find.ts";
import { lineWidth } from "./terminal.ts";

export interface RemoveOptions {
  /** The folder of runs. */
  readonly runs: string;
  /** Whether to remove without asking. */
  readonly yes: boolean;
}

export interface Dialog {
  readonly output: (line: string) => void;
  /** The width of the screen, in columns. */
  readonly width: number;
  /** Asks a question and returns the answer, or null at the end of input. null if there is no terminal to ask on. */
  readonly ask: ((question: string) => string | null) | null;
}

/** Returns a dialog on the process's own terminal. */
export function terminalDialog(output: (line: string) => void): Dialog {
  const isTerminal = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  return {
    output,
    width: lineWidth(),
    ask: isTerminal ? (question) => prompt(question) : null,
  };
}

/**
 * Lists the runs and their sizes, asks once, and removes them. Any answer but `y` or `yes` leaves everything.
 *
 * @param wanted ids, unique prefixes, paths or `latest`. A run that is named twice counts once.
 * @returns the exit status
 * @throws HeadlightError (2) if there is no terminal to ask on, or if no run is named, if a name is not a run or a run
 * is live. Nothing is removed then.
 */
export async function removeNamedRuns(
  wanted: readonly string[],
  { runs, yes }: RemoveOptions,
  dialog: Dialog,
): Promise<number> {
  const { ask, output, width } = dialog;
  if (wanted.length === 0) {
    const flag = runsFlag(fromCaller(runs));
    throw new HeadlightError(
      `runs rm needs the runs to remove: deno task runs${flag} rm RUN…. To list them: deno task runs${flag}`,
    );
  }
  const found = wanted.map((name) => findRun(name, fromCaller(runs), callerDirectory()));
  const going = distinctRuns(found);
  await settleClaims(going, { say: output });
  refuseLive(going);
  const sizes = new Map(going.map((run) => [run, folderSize(run.path)]));
  const lineOf = (run: typeof going[number]) => `${stripControl(run.id)}  ${bytes(valueOf(sizes, run))}`;
  if (!yes) {
    if (!ask) {
      throw new HeadlightError("runs rm needs a terminal to ask for confirmation. Add --yes to remove without asking.");
    }
    const total = bytes([...sizes.values()].reduce((sum, size) => sum + size, 0));
    for (const run of going) output(cut(lineOf(run), width));
    const what = going.length === 1 ? "this run" : `these ${count(going.length)} runs (${total})`;
    const answer = ask(`Permanently remove ${what}? y/N`) ?? "";
    if (!/^y(es)?$/i.test(answer.trim())) {
      output("nothing was removed");
      return 0;
    }
  }
  removeRuns(going, (run) => output(cut(`removed ${lineOf(run)}`, width)));
  return 0;
}
