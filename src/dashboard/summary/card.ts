/** A run's facts as rows of text, a name and what there is to say: the end summary and `summary RUN`. */
import type { EpochFigures, EventOf } from "../../events.ts";
import { CLASS_FIGURES, FIGURE_NAMES } from "../../metrics.ts";
import type { StopSignal } from "../../stop_signals.ts";
import { majoritySentence, type NamedMajority } from "../run_text/class_text.ts";
import { sentenceAfterEnd } from "../run_text/early_stopping_text.ts";
import { figure } from "../text/formats.ts";
import { shownName } from "../../text.ts";
import { stringWidth, wrapWords } from "../text/width.ts";

/** Where a row's text begins. */
const TEXT_COLUMN = 14;

/** `  best        epoch 21 …`. */
export function row(name: string, text: string): string {
  return `  ${name}`.padEnd(TEXT_COLUMN) + text;
}

/** The line as it is, or where it is too long, going on under its own text. */
export function hang(line: string, columns: number): string[] {
  const indent = line.startsWith(" ") ? TEXT_COLUMN : 0;
  // A command is to be copied whole: where it is too long the terminal breaks it, not a line break.
  if (stringWidth(line) <= columns || columns <= 2 * TEXT_COLUMN || /\b(?:deno task|headlight) [a-z]/.test(line)) {
    return [line];
  }
  return wrapWords(line.slice(indent), columns - indent).map((part, index) =>
    (index === 0 ? line.slice(0, indent) : " ".repeat(indent)) + part
  );
}

/** Why a run ended, where its reason alone does not say it. */
export function reasonLines(end: EventOf<"end">, stopping: EventOf<"early_stopping"> | null): string[] {
  if (end.error !== undefined) return [row("why", end.error)];
  if (end.reason === "early_stopping") return [row("why", sentenceAfterEnd(end, stopping))];
  return end.signal === undefined ? [] : [row("why", `${SIGNAL_WORDS[end.signal]} (${end.signal})`)];
}

/** Where a signal usually comes from. */
const SIGNAL_WORDS: Readonly<Record<StopSignal, string>> = {
  SIGINT: "ctrl-c",
  SIGQUIT: "ctrl-\\",
  SIGTERM: "a request from another program or the system, as kill sends it",
  SIGUSR2: "a signal that warns of a time limit, as Slurm sends it",
  SIGXCPU: "the limit of processor time was reached",
  SIGALRM: "an alarm clock set by another program",
};

/** What final/ holds, which is not the best epoch where early stopping compares with another one. */
export function finalLines(
  { restored, best }: Pick<EventOf<"end">, "restored" | "best">,
  monitor: string | undefined,
): string[] {
  if (!restored) return [];
  const other = restored.epoch === best?.epoch
    ? ""
    : "; not the best epoch, but the one that early stopping compares with";
  return [row("in final/", figuresText(restored, monitor) + other)];
}

/** An epoch's figures in one line: those that every run has, and before them the monitored one if it is another. */
export function figuresText(figures: EpochFigures, monitor: string | undefined): string {
  const names = [...CLASS_FIGURES.filter((name) => name === monitor), ...FIGURE_NAMES.toReversed()];
  const texts = names.map((name) => `${name} ${figure(figures[name] ?? null)}`);
  return [`epoch ${figures.epoch}`, ...texts].join("  ");
}

/** So many names are given; a thousand would bury the rest. */
const CLASSES_SHOWN = 20;

/** Returns how many classes there are, and their names. */
export function classNamesText(classes: readonly string[]): string {
  const shown = classes.slice(0, CLASSES_SHOWN).map(shownName).join(", ");
  return `${classes.length}: ${shown}${classes.length > CLASSES_SHOWN ? ", …" : ""}`;
}

/** What the best epoch is worth beside the majority baseline. */
export function majorityLines(majority: NamedMajority | null, best: EpochFigures | null): string[] {
  const accuracy = best?.val_accuracy ?? null;
  return majority === null || accuracy === null ? [] : [row("baseline", majoritySentence(majority, accuracy))];
}
