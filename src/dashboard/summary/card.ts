/** A run's facts as rows of text, a name and what there is to say: the end summary and `summary RUN`. */
import type { EpochFigures, EventOf } from "../../events.ts";
import { CLASS_FIGURES, FIGURE_NAMES } from "../../metrics.ts";
import { majoritySentence, type NamedMajority } from "../run_text/class_text.ts";
import { sentenceAfterEnd } from "../run_text/early_stopping_text.ts";
import { figure } from "../text/formats.ts";
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
  return end.signal === undefined ? [] : [row("why", `${end.signal}; saved first`)];
}

/** What final/ holds, which is not the best epoch where early stopping compares with another one. */
export function finalLines(
  { restored, best }: Pick<EventOf<"end">, "restored" | "best">,
  monitor: string | undefined,
): string[] {
  if (!restored) return [];
  const other = restored.epoch === best?.epoch ? "" : "; early stopping compares with it, it is not the best";
  return [row("in final/", figuresText(restored, monitor) + other)];
}

/** An epoch's figures in one line: those that every run has, and before them the monitored one if it is another. */
export function figuresText(figures: EpochFigures, monitor: string | undefined): string {
  const names = [...CLASS_FIGURES.filter((name) => name === monitor), ...FIGURE_NAMES.toReversed()];
  const texts = names.map((name) => `${name} ${figure(figures[name] ?? null)}`);
  return [`epoch ${figures.epoch}`, ...texts].join("  ");
}

/** What the best epoch is worth beside the majority baseline. */
export function majorityLines(majority: NamedMajority | null, best: EpochFigures | null): string[] {
  const accuracy = best?.val_accuracy ?? null;
  return majority === null || accuracy === null ? [] : [row("majority", majoritySentence(majority, accuracy))];
}
