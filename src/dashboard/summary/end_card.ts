/** What stays on the normal screen once the dashboard is closed. */
import { repeatOf } from "../../run/repeat.ts";
import { shellWord } from "../../shell.ts";
import { stripControl } from "../../text.ts";
import { figuresText, hang, reasonLines, row } from "./card.ts";
import { elapsedSeconds, END_WORDS, secondsText } from "../run_text/describe.ts";
import type { DashboardExit } from "../session/exit.ts";
import { count, duration, percent } from "../text/formats.ts";
import { noticesOf } from "../layout/screen.ts";

/** Plain lines without escape sequences; longer ones go on under their own text where the width is known. */
export function summaryLines(exit: DashboardExit, columns = Infinity): string[] {
  return wholeLines(exit).flatMap((line) => hang(line, columns));
}

function wholeLines({ how, state }: DashboardExit): string[] {
  if (state.end) return endLines(state, state.end);
  const run = state.id ?? "the run";
  if (how === "lost") {
    return [
      `${run}: the trainer is gone without an end; what was saved is kept`,
      ...whereLines(state.directory),
      ...(state.directory ? [row("its output", `${state.directory}/trainer.log`)] : []),
    ];
  }
  if (how === "signal") {
    return [`${run}: left before the trainer said that it has stopped; it was asked to`, ...goOnLines(state)];
  }
  if (state.lost) return [`${run}: the trainer is gone without an end`, ...whereLines(state.directory)];
  return [`${run}: training goes on`, ...progressLines(state), ...goOnLines(state)];
}

type State = DashboardExit["state"];

function endLines(state: State, end: NonNullable<State["end"]>): string[] {
  const { best, last, seconds, directory } = end;
  return [
    `${end.run}: ${END_WORDS[end.reason]} after ${count(end.epochs)} ${end.epochs === 1 ? "epoch" : "epochs"}`,
    ...reasonLines(end, state.earlyStopping),
    ...noticesOf(state).map((notice) => row("notice", notice)),
    ...(best ? [row("best", figuresText(best))] : []),
    ...(last ? [row("last", figuresText(last))] : []),
    row("time", secondsText(seconds)),
    ...parameterLines(state),
    ...whereLines(directory),
    ...savedLines(state, directory),
    ...repeatLines(state),
    ...(best ? [row("judge it", `${state.command} evaluate ${argument(state)}`)] : []),
    ...(best ? [row("plot it", `${state.command} plot ${argument(state)}`)] : []),
    row("look again", `${state.command} watch ${argument(state)}`),
  ];
}

function parameterLines({ run }: State): string[] {
  if (!run) return [];
  const { total, trainable } = run.parameters;
  const share = percent(trainable / Math.max(1, total));
  return [row("parameters", `${count(total)}, ${count(trainable)} trainable (${share})`)];
}

/** The links best and last, from the run's folder on. */
function savedLines({ checkpoints }: State, directory: string): string[] {
  const saved = checkpoints.filter(({ kind }) => kind !== "manual").map(({ kind, path }) =>
    `${path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path} (${kind})`
  );
  return saved.length === 0 ? [] : [row("saved", saved.join("  "))];
}

function repeatLines({ run }: State): string[] {
  const command = run ? repeatOf(run.config) : null;
  return command === null ? [] : [row("repeat", stripControl(command))];
}

function progressLines(state: State): string[] {
  const last = state.epochs.at(-1);
  const since = row("so far", `${duration(elapsedSeconds(state))}`);
  return last ? [since, row("last", figuresText(last))] : [since];
}

function whereLines(directory: string | null): string[] {
  return directory === null ? [] : [row("run", directory)];
}

function goOnLines(state: State): string[] {
  const run = argument(state);
  return [row("come back", `${state.command} watch ${run}`), row("stop it", `${state.command} stop ${run}`)];
}

/** What commands are given to find the run: its id where they look by themselves, else its path. */
function argument({ id, directory, runs }: State): string {
  if (id === null) return "latest";
  return shellWord(runs === null || directory === null || directory === `${runs}/${id}` ? id : directory);
}
