/** The run in words: what views share. */
import type { EndReason, EventOf } from "../../events.ts";
import { classListText, classSizeTexts } from "./class_text.ts";
import { clock, count, duration } from "../text/formats.ts";
import type { RunState } from "../../run_state/run_state.ts";
import type { DashboardState } from "../view/state.ts";
import type { ViewState } from "../view/view_state.ts";
import { cut, fitParts, stringWidth } from "../text/width.ts";

/** One or two words for where the run is, and how they are to be read. */
export interface Status {
  readonly text: string;
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

/** What a checkpoint was saved for. */
export const CHECKPOINT_WORDS: Readonly<Record<EventOf<"checkpoint">["kind"], string>> = {
  best: "best",
  last: "last",
  manual: "requested",
};

/** What a run is doing, in a word or two, and how that is to be taken. */
export function statusOf({ run, view }: DashboardState): Status {
  const { end, control, phase, lastEventAt } = run;
  const { lost, live } = view;
  if (end) return { text: END_WORDS[end.reason], tone: endTone(end.reason) };
  if (lost) {
    const seen = lastEventAt === 0 ? "" : `, last seen ${clock(new Date(lastEventAt).toISOString())}`;
    return { text: `trainer lost${seen}`, tone: "bad" };
  }
  if (control === "stopping") return { text: "stopping", tone: "attention" };
  if (control === "paused") return { text: "paused", tone: "attention" };
  if (live === null) return { text: "starting", tone: "calm" };
  if (phase?.name === "extract") return { text: "computing features", tone: "calm" };
  if (phase?.name === "train") return { text: "training", tone: "calm" };
  return { text: "preparing", tone: "calm" };
}

function endTone(reason: EndReason): Status["tone"] {
  if (reason === "completed" || reason === "early_stopping") return "good";
  return reason === "nan" || reason === "failed" ? "bad" : "attention";
}

/** Seconds since the run's first event; stands still once it is over. */
export function elapsedSeconds({ run, view: { lost, now } }: DashboardState): number {
  const { end, startedAt, lastEventAt } = run;
  if (end) return end.seconds.total;
  if (startedAt === 0) return 0;
  return Math.max(0, (lost ? lastEventAt : now) - startedAt) / 1000;
}

/** Where the base's weights come from, in words, and shorter. */
const WEIGHTS_WORDS: Readonly<Record<string, { readonly long: string; readonly short: string }>> = {
  imagenet: { long: "ImageNet weights", short: "ImageNet weights" },
  random: { long: "random weights", short: "random weights" },
  file: { long: "weights from a file", short: "own weights" },
};

/** A later version may know of others. */
function weightsWords(weights: string): { readonly long: string; readonly short: string } {
  return WEIGHTS_WORDS[weights] ?? { long: `${weights} weights`, short: `${weights} weights` };
}

/** Base, data, engine, images …, the most important first; shorter where `width` asks for it. */
export function runFacts(
  { facts, classes }: Pick<RunState, "facts" | "classes">,
  separator: string,
  width: number,
): string {
  if (!facts) return "";
  const { dataset, model, engine } = facts;
  const from = dataset.height === null ? "any size" : `${dataset.height}×${dataset.width}`;
  const to = `${model.size}×${model.size}`;
  const precision = model.precision === "float32" ? "" : ` ${model.precision}`;
  const size = from === to ? to : `${from} → ${to}`;
  const many = `${dataset.classes.length} ${dataset.classes.length === 1 ? "class" : "classes"}`;
  const rest = [`${model.pooling} pooling`, ...(classes?.weights ? ["balanced class weights"] : [])];
  const inBrackets = (sizes: string | undefined) => (sizes === undefined ? "" : ` (${sizes})`);
  const madeFor = model.weights_size === undefined ? "" : ` made for ${model.weights_size}×${model.weights_size}`;
  const turnedBack = model.preprocesses_inside && model.preprocess === "scale";
  const long = (sizes: string | undefined) => [
    `${model.base}, ${weightsWords(model.weights).long}${madeFor}`,
    `${dataset.name}: ${count(dataset.train)} + ${count(dataset.validation)} images${inBrackets(sizes)}`,
    `${engine.kind} ${engine.version} on ${engine.device}${precision}`,
    `preprocess ${model.preprocess}${turnedBack ? ", turned back to 0…255: the base preprocesses itself" : ""}`,
  ];
  const short = (sizes: string | undefined) => [
    `${model.base}, ${weightsWords(model.weights).short}`,
    `${dataset.name}: ${dataset.train} + ${dataset.validation}${inBrackets(sizes)}`,
    `${engine.kind} on ${engine.device}${precision}`,
    `preprocess ${model.preprocess}${turnedBack ? " turned back" : ""}`,
  ];
  const sizes = classSizeTexts(dataset);
  const fits = (parts: readonly string[]) => stringWidth(parts.join(separator)) <= width;
  const parts = (sizes.length === 0 ? [undefined] : sizes).map(long).find(fits) ??
    // Sizes come before the engine: the first wording with room beside base and data.
    sizes.map(short).find((all) => fits(all.slice(0, 2))) ?? short(undefined);
  const names = classListText(dataset);
  const [base = "", data = "", ...others] = parts;
  // Names come before the engine too, if the sizes have not said them.
  if (names !== null && !sizes.some((text) => data.includes(text))) {
    const apart = [base, data, `${many}: ${names}`];
    if (fits(apart)) return fitParts([...apart, ...others, size, ...rest], separator, width);
    const inside = [base, data + inBrackets(names)];
    if (fits(inside)) return fitParts([...inside, ...others, size, ...rest], separator, width);
  }
  return fitParts([...parts, size, many, ...rest], separator, width);
}

/** A longer `--name` would leave no room for the id. */
const NAME_COLUMNS = 24;

/** Which runs the letters in the charts are: name, network and id of the other one; empty where there is none. */
export function besideText(beside: ViewState["beside"]): string {
  if (!beside) return "";
  const { facts } = beside.run;
  const parts = facts ? [...(facts.name === null ? [] : [cut(facts.name, NAME_COLUMNS)]), facts.model.base] : [];
  return `A is this run, B is ${[...parts, beside.id].join(", ")}`;
}

/** `epoch 22/30`, or null outside training. */
export function epochText({ facts, epochs, phase, end, progress }: RunState): string | null {
  if (!facts || (epochs.length === 0 && phase?.name !== "train")) return null;
  const running = !end && progress?.phase === "train" ? progress.epoch ?? 0 : 0;
  return `epoch ${Math.max(running, epochs.length)}/${facts.epochs}`;
}

/** Where the time went, without what took none. */
export function secondsText(seconds: { total: number; prepare: number; extract: number; train: number }): string {
  const parts = [`prepare ${duration(seconds.prepare)}`, `features ${duration(seconds.extract)}`];
  return `${duration(seconds.total)} (${[...parts, `train ${duration(seconds.train)}`].join(", ")})`;
}
