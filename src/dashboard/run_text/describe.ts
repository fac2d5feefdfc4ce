/** Descriptions of the run that several views share. */
import { diskProblemText } from "../../disk.ts";
import type { EndReason, EventOf } from "../../events.ts";
import { classListText, classSizeTexts } from "./class_text.ts";
import { count } from "../../counted.ts";
import { engineText } from "./engine_text.ts";
import { clock, duration, elapsed } from "../text/formats.ts";
import type { RunState } from "../../run_state/run_state.ts";
import type { DashboardState } from "../view/state.ts";
import type { ViewState } from "../view/view_state.ts";
import { cut, fitParts, stringWidth } from "../text/width.ts";

/** The state of the run in a word or two, and its tone, which decides the colour. */
export interface Status {
  readonly text: string;
  /** A shorter wording, if there is one. */
  readonly short?: string;
  readonly tone: "calm" | "good" | "attention" | "bad";
}

export const END_WORDS: Readonly<Record<EndReason, string>> = {
  completed: "finished",
  early_stopping: "stopped early",
  stopped: "stopped on request",
  interrupted: "interrupted",
  nan: "ended: the loss is not a number",
  failed: "failed",
};

/** The kinds of checkpoints as people read them. */
export const CHECKPOINT_WORDS: Readonly<Record<EventOf<"checkpoint">["kind"], string>> = {
  best: "best",
  last: "last",
  manual: "requested",
  kept: "kept",
};

/**
 * Returns how a lost trainer ended: `exited` or `was killed by SIGKILL`.
 *
 * @param isParent whether this process started the trainer. Any other one cannot know how it ended.
 */
export function howLost(signal: string | null, isParent: boolean): string {
  if (signal !== null) return `was killed by ${signal}`;
  return isParent ? "exited" : "exited or was killed";
}

/** Returns the state of the run in a word or two. */
export function statusOf({ run, view }: DashboardState): Status {
  const { end, control, waitsFor, phase, lastEventAt, pauses } = run;
  const { lost, live, goOn } = view;
  if (goOn !== null && goOn.stage !== "asking") return { text: "resuming", tone: "calm" };
  if (end) return { text: END_WORDS[end.reason], tone: endTone(end.reason) };
  if (lost) {
    const seen = lastEventAt === 0 ? "" : `, last seen ${clock(new Date(lastEventAt).toISOString())}`;
    return { text: `trainer lost${seen}`, short: "trainer lost", tone: "bad" };
  }
  if (control === "stopping") return { text: "stopping", tone: "attention" };
  if (waitsFor) return { text: `paused: ${diskProblemText(waitsFor.problem)}`, tone: "bad" };
  if (control === "paused") return pausedStatus(pauses.since, view.now);
  if (isReading({ run, view })) return { text: "reading the run", tone: "calm" };
  if (live === null) return { text: "starting", tone: "calm" };
  if (phase?.name === "extract") return { text: "computing features", tone: "calm" };
  if (phase?.name === "train") return { text: "training", tone: "calm" };
  return { text: "preparing", tone: "calm" };
}

/** How long the pause is so far. Without it, the time of the run beside it would be taken for that. */
function pausedStatus(since: number | null, now: number): Status {
  const seconds = since === null ? 0 : (now - since) / 1000;
  return { text: seconds < 1 ? "paused" : `paused for ${elapsed(seconds)}`, short: "paused", tone: "attention" };
}

/** Returns whether a viewer that did not start the run has no event of it yet. On a busy machine this takes seconds. */
export function isReading(
  { run, view }: { run: Pick<RunState, "lastEventAt">; view: Pick<DashboardState["view"], "role"> },
): boolean {
  return view.role === "watch" && run.lastEventAt === 0;
}

function endTone(reason: EndReason): Status["tone"] {
  if (reason === "completed" || reason === "early_stopping") return "good";
  return reason === "nan" || reason === "failed" ? "bad" : "attention";
}

/** Returns the time of the run so far, or after its end its total time as the summary shows it. */
export function clockText(state: DashboardState): string {
  return (state.run.end ? duration : elapsed)(elapsedSeconds(state));
}

/**
 * Returns the seconds since the run's first event, up to the end of the run or the loss of the trainer. The time
 * between two sessions of a run does not count.
 */
export function elapsedSeconds({ run, view: { lost, goOn, now } }: DashboardState): number {
  const { end, startedAt, lastEventAt } = run;
  if (end) return end.seconds.total;
  if (startedAt === 0) return 0;
  return Math.max(0, (lost || goOn !== null ? lastEventAt : now) - startedAt) / 1000;
}

/** The sources of the base's weights. */
const WEIGHTS_WORDS: Readonly<Record<string, string>> = {
  imagenet: "ImageNet weights",
  random: "random weights",
  file: "weights from a file",
  scratch: "trained from scratch",
  own: "its own weights",
};

/** Returns the source of the weights. A log of a later version may contain sources that are not in the table. */
export function weightsWords(weights: string): string {
  return WEIGHTS_WORDS[weights] ?? `${weights} weights`;
}

/** Returns the run whose weights a run started with: `from 20261123-205501-densenet121-demo, epoch 7`. */
export function startedFromText({ run, epoch, step }: NonNullable<EventOf<"run">["started_from"]>): string {
  return `from ${run}, ${step === 0 ? `epoch ${epoch}` : `epoch ${epoch + 1}, step ${step}`}`;
}

/** Matches the time at the beginning of a run's id, which is enough to recognize the run. */
const TIME_OF_ID = /^\d{8}-\d{6}(?=-)/;

/**
 * Describes the run's base, data, engine, preprocessing and so on in at most `width` columns, the most important first.
 */
export function runFacts(
  { facts, classes, rounding }: Pick<RunState, "facts" | "classes" | "rounding">,
  separator: string,
  width: number,
): string {
  if (!facts) return "";
  const { dataset, model, engine } = facts;
  const from = dataset.height === null ? "any size" : `${dataset.height}×${dataset.width}`;
  const to = `${model.size}×${model.size}`;
  const precision = model.precision === "float32" ? "" : ` ${rounding?.words ?? model.precision}`;
  const size = from === to ? to : `${from} → ${to}`;
  const many = `${dataset.classes.length} ${dataset.classes.length === 1 ? "class" : "classes"}`;
  // A network that is trained from scratch has no features that would be pooled.
  const pooling = model.weights === "scratch" ? [] : [`${model.pooling} pooling`];
  const why = engine.why === undefined ? [] : [`engine: ${engine.why}`];
  const rest = [...pooling, ...(classes?.weights ? ["balanced class weights"] : []), ...why];
  const inBrackets = (sizes: string | undefined) => (sizes === undefined ? "" : ` (${sizes})`);
  const madeFor = model.weights_size === undefined ? "" : ` made for ${model.weights_size}×${model.weights_size}`;
  const { started_from: start } = facts;
  const [startLong, startShort] = start
    ? [start.run, TIME_OF_ID.exec(start.run)?.[0] ?? start.run].map((run) => `, ${startedFromText({ ...start, run })}`)
    : ["", ""];
  const turnedBack = model.preprocesses_inside && model.preprocess === "scale";
  const long = (sizes: string | undefined) => [
    `${model.base}, ${weightsWords(model.weights)}${madeFor}${startLong}`,
    `${dataset.name}: ${count(dataset.train)} + ${count(dataset.validation)} images${inBrackets(sizes)}`,
    engineText(engine) + precision,
    `preprocess ${model.preprocess}${turnedBack ? ", turned back to 0…255: the base preprocesses itself" : ""}`,
  ];
  const shortEngine = `${engine.kind} on ${engine.device}${precision}`;
  const short = (sizes: string | undefined) => [
    `${model.base}, ${weightsWords(model.weights)}${startShort}`,
    `${dataset.name}: ${count(dataset.train)} + ${count(dataset.validation)}${inBrackets(sizes)}`,
    shortEngine,
    `preprocess ${model.preprocess}${turnedBack ? " turned back" : ""}`,
  ];
  const sizes = classSizeTexts(dataset);
  const fits = (parts: readonly string[]) => stringWidth(parts.join(separator)) <= width;
  const parts = (sizes.length === 0 ? [undefined] : sizes).map(long).find(fits) ??
    // The sizes are more important than the engine: take the longest text that fits with base and data.
    sizes.map(short).find((all) => fits(all.slice(0, 2))) ?? short(undefined);
  const names = classListText(dataset);
  const [base = "", data = "", ...others] = parts;
  // Unless the sizes already contain the names. They are more important than all but the engine.
  if (names !== null && !sizes.some((text) => data.includes(text))) {
    for (const used of [others[0] ?? "", shortEngine]) {
      const apart = [base, data, used, `${many}: ${names}`];
      if (fits(apart)) return fitParts([...apart, ...others.slice(1), size, ...rest], separator, width);
      const inside = [base, data + inBrackets(names), used];
      if (fits(inside)) return fitParts([...inside, ...others.slice(1), size, ...rest], separator, width);
    }
  }
  return fitParts([...parts, size, many, ...rest], separator, width);
}

/** The maximum width of the run's `--name`. A longer one would leave no room for the id. */
const NAME_COLUMNS = 24;

/**
 * Explains the letters in the charts in at most `width` columns: the other run by its name, or else its id, and the
 * bases of both. If there is room, the other run's id and this run's facts follow.
 */
export function besideLine(
  run: Pick<RunState, "facts" | "classes" | "rounding">,
  beside: NonNullable<ViewState["beside"]>,
  separator: string,
  width: number,
): string {
  const { facts } = beside.run;
  const inBrackets = (parts: readonly string[]) => (parts.length === 0 ? "" : ` (${parts.join(", ")})`);
  const name = facts?.name ?? null;
  const called = name === null ? beside.id : cut(name, NAME_COLUMNS);
  const base = facts ? [facts.model.base] : [];
  const short = `${called}${inBrackets(base)}`;
  const long = `${called}${inBrackets([...base, ...(name === null ? [] : [beside.id])])}`;
  for (const other of [long, short]) {
    // Both runs are named before, so the letter says whose facts follow.
    const before = `A is this run, B is ${other}${separator}A: `;
    const own = runFacts(run, separator, width - stringWidth(before));
    if (own !== "" && !own.endsWith("…")) return before + own;
  }
  const own = run.facts ? inBrackets([run.facts.model.base]) : "";
  const texts = [
    `A is this run${own}, B is ${long}`,
    `A is this run${own}, B is ${short}`,
    `A is this run, B is ${short}`,
  ];
  return texts.find((text) => stringWidth(text) <= width) ?? cut(`B is ${short}`, width);
}

/** Returns `epoch 22/30`, or null before training. */
export function epochText({ facts, epochs, phase, end, progress }: RunState): string | null {
  if (!facts || (epochs.length === 0 && phase?.name !== "train")) return null;
  const running = !end && progress?.phase === "train" ? progress.epoch ?? 0 : 0;
  return `epoch ${Math.max(running, epochs.length)}/${facts.epochs}`;
}

/** Returns the total time and the time of each phase. */
export function secondsText(seconds: { total: number; prepare: number; extract: number; train: number }): string {
  const parts = [["prepare", seconds.prepare], ["features", seconds.extract], ["train", seconds.train]] as const;
  const told = parts.filter(([, took]) => took > 0).map(([what, took]) => `${what} ${duration(took)}`);
  return duration(seconds.total) + (told.length === 0 ? "" : ` (${told.join(", ")})`);
}
