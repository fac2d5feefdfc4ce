/** The summary that stays in the terminal after the dashboard is closed. */
import { dirname } from "node:path";
import { z } from "zod";
import { at } from "../../at.ts";
import type { EventOf } from "../../events.ts";
import { isRefusal } from "../../exit_status.ts";
import { noticesOf, type RunState } from "../../run_state/run_state.ts";
import { repeatBeside, repeatOf } from "../../run/repeat.ts";
import { stripControl } from "../../text.ts";
import { argument, goOnStep, type NextStep, nextSteps } from "../run_text/next_steps.ts";
import { classNamesText, figuresText, finalLines, hang, majorityLines, reasonLines, row } from "./card.ts";
import { majorityOf } from "../run_text/class_text.ts";
import { chosenEngineText } from "../run_text/engine_text.ts";
import {
  CHECKPOINT_WORDS,
  elapsedSeconds,
  END_WORDS,
  howLost,
  secondsText,
  startedFromText,
} from "../run_text/describe.ts";
import type { DashboardExit } from "../session/exit.ts";
import { count } from "../../counted.ts";
import { duration, percent } from "../text/formats.ts";
import type { DashboardState } from "../view/state.ts";
import type { ViewState } from "../view/view_state.ts";
import { whenLeft } from "../view/when_left.ts";

const LEFT_WORDS: Readonly<Record<ReturnType<typeof whenLeft>, string>> = {
  goes_on: "training goes on",
  stays_paused: "the run stays paused",
  waits: "paused, because a disk has no room",
};

/** Returns the summary without escape sequences. Wraps lines longer than `columns` with a hanging indent. */
export function summaryLines(exit: DashboardExit, columns = Infinity): string[] {
  return wholeLines(exit).flatMap((line) => hang(line, columns));
}

function wholeLines({ how, state }: DashboardExit): string[] {
  const { run, view } = state;
  if (run.end) return endLines(state, run.end);
  const name = view.id ?? "the run";
  if (how === "lost") {
    return [
      `${name}: the trainer ${
        howLost(view.lostBy, view.role === "owner")
      } without finishing the run; what was saved is kept`,
      ...progressLines(state),
      ...whereLines(view.directory),
      ...(view.directory ? [row("trainer log", `${view.directory}/trainer.log`)] : []),
      ...savedRows(run, view.directory),
      ...goOnWith(state),
      ...nextSteps(state).filter(({ name }) => name !== "log" && name !== "go on").map(stepRow),
    ];
  }
  if (how === "signal") {
    return [`${name}: stop requested; left before the trainer confirmed that it stopped`, ...goOnLines(view)];
  }
  if (view.lost) {
    return [
      `${name}: the trainer ${howLost(view.lostBy, view.role === "owner")} without finishing the run`,
      ...whereLines(view.directory),
      ...goOnWith(state),
    ];
  }
  const left = whenLeft(state);
  return [
    `${name}: ${LEFT_WORDS[left]}`,
    ...progressLines(state),
    ...(left === "stays_paused" ? [row("go on", `${view.command} resume ${argument(view)}`)] : []),
    ...goOnLines(view),
  ];
}

/** Returns the summary of a resume that is over before its first step. The run has not changed. */
function notResumedLines(state: DashboardState, end: EventOf<"end">): string[] {
  return [
    headline(end),
    ...reasonLines(end, null),
    ...whereLines(end.directory),
    // With what it was given, the run would be refused again.
    ...(isRefusal(end) ? [] : goOnWith(state)),
  ];
}

function headline({ run, reason, epochs }: EventOf<"end">): string {
  return `${run}: ${END_WORDS[reason]} after ${count(epochs)} ${epochs === 1 ? "epoch" : "epochs"}`;
}

function endLines(state: DashboardState, end: EventOf<"end">): string[] {
  if (end.refused !== undefined) return notResumedLines(state, end);
  const { run, view } = state;
  const { best, last, seconds, directory } = end;
  const monitor = run.earlyStopping?.monitor;
  return [
    headline(end),
    ...reasonLines(end, run.earlyStopping),
    ...dataLines(run),
    ...noticesOf(run).map((notice) => row("notice", notice)),
    ...(best ? [row("best", figuresText(best, monitor))] : []),
    ...(last ? [row("last", figuresText(last, monitor))] : []),
    ...finalLines(end, monitor),
    ...majorityLines(majorityOf(run), best),
    row("time", secondsText(seconds)),
    ...parameterLines(run),
    ...whereLines(directory),
    ...savedLines(run, end),
    ...repeatLines(run, view),
    ...goOnWith(state),
    ...nextSteps(state).map(stepRow),
    row("watch", `${view.command} watch ${argument(view)}`),
  ];
}

/**
 * Returns the data set, its classes, the engine and why it was chosen, and the run whose weights training began with.
 */
function dataLines({ facts }: RunState): string[] {
  if (!facts) return [];
  const { dataset: { name, train, validation, classes }, engine, started_from: start } = facts;
  return [
    row("data", `${name}, ${count(train)} training + ${count(validation)} validation images`),
    row("classes", classNamesText(classes)),
    row("engine", chosenEngineText(engine)),
    ...(start ? [row("start", startedFromText(start))] : []),
  ];
}

function parameterLines({ facts }: RunState): string[] {
  if (!facts) return [];
  const { total, trainable } = facts.parameters;
  const share = percent(trainable / Math.max(1, total));
  return [row("parameters", `${count(trainable)} of ${count(total)} trainable, ${share}`)];
}

/** Returns the row of saved checkpoints, with paths relative to the run's folder. Names each checkpoint once. */
function savedLines(run: RunState, { directory, epochs, seconds }: EventOf<"end">): string[] {
  const saved = savedRows(run, directory);
  if (saved.length > 0 || epochs > 0) return saved;
  const features = seconds.extract > 0 ? "; the features computed so far stay in the cache" : "";
  return [row("saved", `nothing: training had not started${features}`)];
}

function savedRows({ checkpoints }: RunState, directory: string | null): string[] {
  const saved = [...Map.groupBy(checkpoints, ({ path }) => path)].map(([path, same]) => {
    const from = directory !== null && path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
    return `${from} (${[...new Set(same.map(({ kind }) => CHECKPOINT_WORDS[kind]))].join(", ")})`;
  });
  return saved.length > 0 ? [row("saved", saved.join("  "))] : [];
}

function stepRow({ name, wordings }: NextStep): string {
  return row(name, at(wordings, 0));
}

const runsSchema = z.object({ options: z.object({ runs: z.string() }) });

function repeatLines({ facts, end }: RunState, { directory }: ViewState): string[] {
  // Null means that the run cannot be repeated. Older runs do not have this field.
  const command = end?.repeat !== undefined ? end.repeat : facts ? repeatOf(facts.config) : null;
  if (command === null) return [];
  const was = runsSchema.safeParse(facts?.config);
  const beside = directory === null || !was.success
    ? command
    : repeatBeside(command, was.data.options.runs, dirname(directory));
  return [row("repeat", stripControl(beside))];
}

function progressLines(state: DashboardState): string[] {
  const last = state.run.epochs.at(-1);
  const since = row("elapsed", duration(elapsedSeconds(state)));
  return last ? [since, row("last", figuresText(last, state.run.earlyStopping?.monitor))] : [since];
}

function whereLines(directory: string | null): string[] {
  return directory === null ? [] : [row("run", directory)];
}

function goOnWith(state: DashboardState): string[] {
  const command = goOnStep(state);
  return command === null ? [] : [row("go on", command)];
}

function goOnLines(view: ViewState): string[] {
  const run = argument(view);
  return [row("come back", `${view.command} watch ${run}`), row("stop it", `${view.command} stop ${run}`)];
}
