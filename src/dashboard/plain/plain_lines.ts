/** Plain lines of text without escape sequences, for pipes, log files, dumb terminals and screen readers. */
import { basename } from "node:path";
import { diskText } from "../../disk.ts";
import type { EventOf, RunEvent } from "../../events.ts";
import { FIGURE_NAMES, isFigureName } from "../../metrics.ts";
import type { RunState } from "../../run_state/run_state.ts";
import { stripControl } from "../../text.ts";
import { historyColumns } from "../../training/history.ts";
import { isMeasured } from "../panes/progress_text.ts";
import { majorityOf } from "../run_text/class_text.ts";
import { CHECKPOINT_WORDS, runFacts } from "../run_text/describe.ts";
import { timeLeft } from "../run_text/eta.ts";
import { count, counted } from "../../counted.ts";
import { amount, bytes, duration, figure, percent, percentDone, rate } from "../text/formats.ts";
import { type DashboardState, reduce } from "../view/state.ts";

/** Progress is reported at every tenth of the work, and at least this often. */
const REPORT_EVERY_MS = 5000;
/** Progress within an epoch is reported only for epochs that are longer than this. */
const LONG_EPOCH_SECONDS = 10;

const GOES_ON = "The run goes on by itself when there is room.";

/**
 * Returns the lines for an event. `before` is the state before the event. It tells when progress was last reported, so
 * that the rate of lines is limited without a timer. The summary at the end is `summaryLines`.
 */
export function plainLines(before: DashboardState, event: RunEvent): string[] {
  switch (event.type) {
    case "run":
      return newNotices(before.run, event) ?? runLines(reduce(before, event).run);
    case "rounding":
      // The log entry beside it says more.
      return [];
    case "classes":
      return classLines(reduce(before, event).run, event);
    case "phase":
      return event.name === "train" ? [`training for up to ${counted(event.total, "epoch", "epochs")}`] : [];
    case "progress":
      return isDue(before.run, event) ? [progressLine(reduce(before, event), event)] : [];
    case "early_stopping":
      return epochLines(reduce(before, event).run);
    case "epoch":
      // Reported with the early-stopping event that follows.
      return [];
    case "checkpoint":
      return event.kind === "last" ? [] : reduce(before, event).run.checkpoints.slice(-1).map(checkpointLine);
    case "control":
      return event.disk ? [`paused: ${stripControl(diskText(event.disk))}. ${GOES_ON}`] : [event.state];
    case "resume":
      // The log event that follows says it in words.
      return [];
    case "log":
      return [event.level === "info" ? event.text : `${event.level}: ${event.text}`];
    case "system":
    case "confusion":
    case "samples":
    case "end":
      return [];
  }
}

function runLines(run: RunState): string[] {
  const { facts } = run;
  if (!facts) return [];
  const { total, trainable } = facts.parameters;
  return [
    `run ${facts.id}${facts.name === null ? "" : ` (${facts.name})`}  ${facts.directory}`,
    ...facts.notices.map(noticeLine),
    runFacts(run, "; ", Infinity),
    `${count(total)} parameters, ${count(trainable)} trainable (${percent(trainable / Math.max(1, total))})`,
  ];
}

/**
 * Returns the notices that were added since the run was described in this session, or null if it was not yet. A resume
 * that is refused describes it as it was before.
 */
function newNotices({ facts, resumedAt }: RunState, { notices }: EventOf<"run">): string[] | null {
  if (facts === null || facts.seq < (resumedAt?.seq ?? 0)) return null;
  return notices.filter((notice) => !facts.notices.includes(notice)).map(noticeLine);
}

function noticeLine(notice: string): string {
  return `notice: ${notice}`;
}

/** Returns the majority baseline, and the class weights if they are not all equal. */
function classLines(run: RunState, { weights }: EventOf<"classes">): string[] {
  const names = run.facts?.dataset.classes ?? [];
  const majority = majorityOf(run);
  return [
    ...(majority ? [`always predicting ${majority.name} would give val_accuracy ${figure(majority.accuracy)}`] : []),
    ...(weights
      ? [`class weights: ${weights.map((weight, label) => `${names[label] ?? label} ${figure(weight)}`).join(", ")}`]
      : []),
  ];
}

function isDue(before: RunState, event: EventOf<"progress">): boolean {
  const last = before.progress;
  if (event.phase === "train") return isLongEpoch(before, event) && crossesClock(before, event);
  if (!last || last.phase !== event.phase || last.label !== event.label) return true;
  return tenth(event) > tenth(last) || crossesClock(before, event);
}

function tenth({ done, total }: EventOf<"progress">): number {
  return total > 0 ? Math.floor((done / total) * 10) : 0;
}

/** Returns whether a reporting interval has passed since the last progress event. Other events do not count. */
function crossesClock({ phase, progress, startedAt }: RunState, event: EventOf<"progress">): boolean {
  const from = phase?.startedAt ?? startedAt;
  const lastAt = progress ? Date.parse(progress.time) : from;
  const slot = (at: number) => Math.floor((at - from) / REPORT_EVERY_MS);
  return slot(Date.parse(event.time)) > slot(lastAt);
}

function isLongEpoch({ epochs, phase }: RunState, event: EventOf<"progress">): boolean {
  const last = epochs.at(-1);
  if (last) return last.seconds >= LONG_EPOCH_SECONDS;
  return phase !== null && Date.parse(event.time) - phase.startedAt >= LONG_EPOCH_SECONDS * 1000;
}

function progressLine(state: DashboardState, event: EventOf<"progress">): string {
  const left = timeLeft(state);
  const parts = [
    `${event.phase}${event.epoch === undefined ? "" : ` epoch ${event.epoch}`}`,
    ...(event.label === undefined ? [] : [event.label]),
    ...doneParts(event),
    ...(event.cached ? [`${count(event.cached)} from cache`] : []),
    ...(event.per_second === null ? [] : [rate(event.per_second, event.unit)]),
    ...(left === null ? [] : [`${duration(left.seconds)} left`]),
  ];
  return parts.join("  ");
}

/** Returns how much is done. A step of which nothing is counted is only said to be done. */
function doneParts(event: EventOf<"progress">): string[] {
  const { done, total, unit } = event;
  if (isMeasured(event)) return [amount(done, total, unit), percentDone(done / total)];
  if (done === 0) return [];
  return total > 0 ? ["done"] : [amount(done, 0, unit)];
}

function epochLines({ epochs, facts, earlyStopping }: RunState): string[] {
  const epoch = epochs.at(-1);
  if (!epoch || !earlyStopping) return [];
  const width = String(facts?.epochs ?? epoch.epoch).length;
  const { monitor } = earlyStopping;
  const names = isFigureName(monitor) ? historyColumns(monitor) : FIGURE_NAMES;
  const best = earlyStopping.best_epoch === epoch.epoch ? "  best" : "";
  return [
    [
      `epoch ${String(epoch.epoch).padStart(width)}/${facts?.epochs ?? "?"}`,
      ...names.map((name) => `${name} ${figure(epoch[name] ?? null)}`),
      duration(epoch.seconds),
      `wait ${earlyStopping.wait}/${earlyStopping.patience}`,
    ].join("  ") + best,
  ];
}

function checkpointLine({ kind, path, bytes: size }: EventOf<"checkpoint">): string {
  return `checkpoint ${CHECKPOINT_WORDS[kind]}  ${basename(path)}  ${bytes(size)}`;
}
