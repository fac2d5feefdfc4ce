/** What stays on the normal screen once the dashboard is closed. */
import { END_WORDS, secondsText } from "./describe.ts";
import { duration, figure } from "./formats.ts";
import { earlyStoppingSentence } from "./early_stopping_text.ts";
import { count, percent } from "./formats.ts";
import type { EpochFigures } from "../events.ts";
import { elapsedSeconds } from "./describe.ts";
import { noticesOf } from "./screen.ts";
import type { DashboardExit } from "./exit.ts";

/** Plain lines without escape sequences. */
export function summaryLines({ how, state }: DashboardExit): string[] {
  if (state.end) return endLines(state, state.end);
  const run = state.id ?? state.title;
  if (how === "lost") {
    return [
      `${run}: the trainer is gone without an end; what was saved is kept`,
      ...whereLines(state.directory),
      ...(state.directory ? [row("its output", `${state.directory}/trainer.log`)] : []),
    ];
  }
  if (how === "signal") {
    return [`${run}: left before the trainer said that it has stopped; it was asked to`, ...goOnLines(state.id)];
  }
  if (state.lost) return [`${run}: the trainer is gone without an end`, ...whereLines(state.directory)];
  return [`${run}: training goes on`, ...progressLines(state), ...goOnLines(state.id)];
}

type State = DashboardExit["state"];

function endLines(state: State, end: NonNullable<State["end"]>): string[] {
  const epochs = `${count(end.epochs)} ${end.epochs === 1 ? "epoch" : "epochs"}`;
  const why = end.reason === "early_stopping"
    ? earlyStoppingSentence(state)
    : end.signal
    ? `by ${end.signal}, saved`
    : end.error ?? "";
  const parameters = state.run?.parameters;
  return [
    `${end.run}: ${END_WORDS[end.reason]} after ${epochs}${why ? ` (${why})` : ""}`,
    ...noticesOf(state).map((notice) => row("notice", notice)),
    ...(end.best ? [row("best", figuresText(end.best))] : []),
    ...(end.last ? [row("last", figuresText(end.last))] : []),
    row("time", secondsText(end.seconds)),
    ...(parameters
      ? [row(
        "parameters",
        `${count(parameters.total)}, ${count(parameters.trainable)} trainable (${
          percent(parameters.trainable / Math.max(1, parameters.total))
        })`,
      )]
      : []),
    ...whereLines(end.directory),
    ...state.checkpoints.filter(({ kind }) => kind !== "manual").map(({ kind, path }) =>
      row(kind === "best" ? "best saved" : "last saved", path)
    ),
    row("look again", `deno task watch ${end.run}`),
  ];
}

function figuresText({ epoch, loss, accuracy, val_loss, val_accuracy }: EpochFigures): string {
  return [
    `epoch ${epoch}`,
    `val_accuracy ${figure(val_accuracy)}`,
    `val_loss ${figure(val_loss)}`,
    `accuracy ${figure(accuracy)}`,
    `loss ${figure(loss)}`,
  ].join("  ");
}

function progressLines(state: State): string[] {
  const last = state.epochs.at(-1);
  const since = row("so far", `${duration(elapsedSeconds(state))}`);
  return last ? [since, row("last", figuresText(last))] : [since];
}

function whereLines(directory: string | null): string[] {
  return directory === null ? [] : [row("run", directory)];
}

function goOnLines(id: string | null): string[] {
  const run = id ?? "latest";
  return [row("come back", `deno task watch ${run}`), row("stop it", `deno task stop ${run}`)];
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(11)} ${text}`;
}
