/** Formats facts about a run as rows of a name and a text, for the summary at the end and for `summary RUN`. */
import type { EpochFigures, EventOf } from "../../events.ts";
import { CLASS_FIGURES, FIGURE_NAMES } from "../../metrics.ts";
import type { StopSignal } from "../../stop_signals.ts";
import { majoritySentence, type NamedMajority } from "../run_text/class_text.ts";
import { sentenceAfterEnd } from "../run_text/early_stopping_text.ts";
import { figure } from "../text/formats.ts";
import { shownName } from "../../text.ts";
import { stringWidth, wrapWords } from "../text/width.ts";

/** The column where a row's text begins. */
const TEXT_COLUMN = 14;

/** Formats a row: `  best        epoch 21 …`. */
export function row(name: string, text: string): string {
  return `  ${name}`.padEnd(TEXT_COLUMN) + text;
}

/** Wraps a line that is too long, with a hanging indent under its own text. */
export function hang(line: string, columns: number): string[] {
  const indent = line.startsWith(" ") ? TEXT_COLUMN : 0;
  // A command must be copyable. If it is too long, the terminal wraps it without a line break.
  if (stringWidth(line) <= columns || columns <= 2 * TEXT_COLUMN || /\b(?:deno task|headlight) [a-z]/.test(line)) {
    return [line];
  }
  return wrapWords(line.slice(indent), columns - indent).map((part, index) =>
    (index === 0 ? line.slice(0, indent) : " ".repeat(indent)) + part
  );
}

/** Returns the row that explains why a run ended, if END_WORDS alone does not explain it. */
export function reasonLines(end: EventOf<"end">, stopping: EventOf<"early_stopping"> | null): string[] {
  const text = reasonText(end, stopping);
  return text === null ? [] : [row(end.refused === undefined ? "why" : "not resumed", text)];
}

/** Returns why a run ended, or was not resumed, or null if END_WORDS alone explains it. */
export function reasonText(end: EventOf<"end">, stopping: EventOf<"early_stopping"> | null): string | null {
  if (end.refused !== undefined) return end.refused;
  if (end.error !== undefined) return end.error;
  if (end.reason === "early_stopping") return sentenceAfterEnd(end, stopping);
  return end.signal === undefined ? null : `${end.cause ?? SIGNAL_WORDS[end.signal]} (${end.signal})`;
}

/** The usual source of each signal. */
const SIGNAL_WORDS: Readonly<Record<StopSignal, string>> = {
  SIGINT: "ctrl-c",
  SIGQUIT: "ctrl-\\",
  SIGTERM: "sent by another program or the system, for example by kill",
  SIGUSR2: "a warning before a time limit, for example from Slurm",
  SIGXCPU: "the CPU time limit was reached",
  SIGALRM: "a timer set by another program",
};

/** Returns the row for final/. Early stopping may restore its reference epoch, which is not always the best epoch. */
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

/**
 * Formats an epoch's figures in one line: the ones that every run has, preceded by the monitored one if it is not among
 * them.
 */
export function figuresText(figures: EpochFigures, monitor: string | undefined): string {
  const names = [...CLASS_FIGURES.filter((name) => name === monitor), ...FIGURE_NAMES.toReversed()];
  const texts = names.map((name) => `${name} ${figure(figures[name] ?? null)}`);
  return [`epoch ${figures.epoch}`, ...texts].join("  ");
}

/** The maximum number of class names. A thousand would hide the rest of the summary. */
const CLASSES_SHOWN = 20;

/** Returns the number of classes and their names. */
export function classNamesText(classes: readonly string[]): string {
  const shown = classes.slice(0, CLASSES_SHOWN).map(shownName).join(", ");
  return `${classes.length}: ${shown}${classes.length > CLASSES_SHOWN ? ", …" : ""}`;
}

/** Returns the row that compares the best epoch with the majority baseline. */
export function majorityLines(majority: NamedMajority | null, best: EpochFigures | null): string[] {
  const accuracy = best?.val_accuracy ?? null;
  return majority === null || accuracy === null ? [] : [row("baseline", majoritySentence(majority, accuracy))];
}
