/** `runs rm`: removes runs after asking once. */
import { valueOf } from "../at.ts";
import { bytes } from "../dashboard/text/formats.ts";
import { cut } from "../dashboard/text/width.ts";
import { HeadlightError } from "../errors.ts";
import { callerDirectory, fromCaller } from "../paths.ts";
import { folderSize } from "../files/folder_size.ts";
import { refuseLive, removeRuns } from "../run/upkeep/remove.ts";
import { findRun } from "../run/folder/find_run.ts";
import { stripControl } from "../text.ts";
import { distinctRuns } from "./find.ts";
import { lineWidth } from "./terminal.ts";

export interface RemoveOptions {
  /** The folder of runs. */
  readonly runs: string;
  /** Does not ask. */
  readonly yes: boolean;
}

export interface Dialog {
  readonly output: (line: string) => void;
  /** Columns of the screen. */
  readonly width: number;
  /** The person's answer, null where there is none; or null where nobody can be asked. */
  readonly ask: ((question: string) => string | null) | null;
}

/** A dialog over the process's own terminal. */
export function terminalDialog(output: (line: string) => void): Dialog {
  const isTerminal = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  return {
    output,
    width: lineWidth(),
    ask: isTerminal ? (question) => prompt(question) : null,
  };
}

/**
 * Says what goes and how much, asks once, and removes; any answer but `y` or `yes` leaves everything.
 *
 * @param wanted ids, unique prefixes, paths or `latest`; one named twice counts once.
 * @returns the exit status.
 * @throws HeadlightError (2): nobody can be asked, one is no run, or is live; nothing is removed then.
 */
export function removeNamedRuns(wanted: readonly string[], { runs, yes }: RemoveOptions, dialog: Dialog): number {
  const { ask, output, width } = dialog;
  const found = wanted.map((name) => findRun(name, fromCaller(runs), callerDirectory()));
  const going = distinctRuns(found);
  refuseLive(going);
  const sizes = new Map(going.map((run) => [run, folderSize(run.path)]));
  const lineOf = (run: typeof going[number]) => `${stripControl(run.id)}  ${bytes(valueOf(sizes, run))}`;
  if (!yes) {
    if (!ask) throw new HeadlightError("runs rm asks before it removes, and there is no terminal to ask on: add --yes");
    const total = bytes([...sizes.values()].reduce((sum, size) => sum + size, 0));
    for (const run of going) output(cut(lineOf(run), width));
    const what = going.length === 1 ? "this run" : `these ${going.length} runs, ${total},`;
    const answer = ask(`Remove ${what} for good? y/N`) ?? "";
    if (!/^y(es)?$/i.test(answer.trim())) {
      output("nothing was removed");
      return 0;
    }
  }
  removeRuns(going, (run) => output(cut(`removed ${lineOf(run)}`, width)));
  return 0;
}
