/** Everything that a report says of one run, from what was read of it. Pure. */
import { count, counted } from "../../counted.ts";
import { runOptionsSchema } from "../../config.ts";
import { majorityOf, majoritySentence } from "../../dashboard/run_text/class_text.ts";
import { END_WORDS, secondsText, weightsWords } from "../../dashboard/run_text/describe.ts";
import { runStateText } from "../../dashboard/runs/runs_table.ts";
import { reasonText } from "../../dashboard/summary/card.ts";
import { againCommand, type RunStory, trainedOnFacts } from "../../dashboard/summary/run_card.ts";
import { duration, figure, percent } from "../../dashboard/text/formats.ts";
import type { EpochFigures } from "../../events.ts";
import { CLASS_FIGURES, FIGURE_NAMES } from "../../metrics.ts";
import { shownOptions } from "../../run/folder/secret_options.ts";
import { flagOf } from "../../options.ts";
import { wilson } from "../../results/metrics.ts";
import type { RunConfig } from "../../run/folder/run_config.ts";
import { bestEpochOf, noticesOf, type RunState } from "../../run_state/run_state.ts";
import { capital, sentence } from "../../sentence.ts";
import { stripControl } from "../../text.ts";
import { type DataFacts, dataPart } from "./data_part.ts";
import type { Curves, EpochTable, Fact, RunPart } from "./report.ts";
import type { PageLimits } from "./page_limits.ts";
import { stoppingPart } from "./stopping_part.ts";

/** What was read of a run. */
export interface RunInput extends Omit<DataFacts, "story" | "state"> {
  readonly id: string;
  readonly story: RunStory;
  readonly state: RunState;
  readonly curves: Curves | null;
  readonly judgement: RunPart["judgement"];
  readonly limits: PageLimits;
}

/** Returns everything that the page says of a run. */
export function runPart({ id, story, state, images, broken, curves, judgement, limits }: RunInput): RunPart {
  const { overview, config, end } = story;
  const name = overview.name ?? state.facts?.name ?? null;
  return {
    title: stripControl(name ?? id),
    id: stripControl(id),
    state: stateTexts(story),
    key: keyFacts(story, state),
    notices: (state.facts ? noticesOf(state) : end?.notices ?? config?.notices ?? []).map(stripControl),
    curves,
    historyNote: historyNote(overview.epochs, state, limits.epochs),
    epochs: epochTable(state, limits.epochs),
    stopping: stoppingPart(story, state),
    judgement,
    data: dataPart({ story, state, images, broken }),
    setup: config?.resolved
      ? trainedOnFacts(config, config.resolved).filter(([name]) => name !== "data" && name !== "classes")
        .map(([name, text]) => ({ name: capital(name), text: stripControl(text) }))
      : [],
    options: config === null ? [] : optionFactsOf(config),
    again: againPart(story),
    limits,
  };
}

function historyNote(finished: number, { epochs }: RunState, shown: number): string | null {
  if (epochs.length > shown) {
    return `The figures of all ${count(epochs.length)} epochs are in history.csv in the run's folder.`;
  }
  if (epochs.length > 0) return null;
  return finished > 0
    ? "The run's log, events.jsonl, is missing or damaged, so there are no curves."
    : "No epoch was finished, so there are no curves.";
}

/** Returns how the run ended, and why. */
function stateTexts({ overview, end, stopping, config }: RunStory): string[] {
  const epochs = counted(overview.epochs, "epoch", "epochs");
  const [how, reason] = end && overview.status === "ended"
    ? endTexts(end, stopping)
    : [runStateText(overview), overview.problem];
  const isLive = overview.status === "live";
  return [
    sentence(
      capital(how) + (isLive ? `, ${epochs} so far` : ` after ${epochs}`) +
        (reason === null ? "" : `: ${stripControl(reason)}`),
    ),
    ...(isLive ? ["The run is not over: the figures on this page may change."] : []),
    ...(config === null ? ["config.json cannot be read by this version, so the configuration is missing."] : []),
  ];
}

/** Returns how a run ended, and why, as far as that is not said in another section. */
function endTexts(
  end: NonNullable<RunStory["end"]>,
  stopping: RunStory["stopping"],
): [how: string, reason: string | null] {
  if (end.reason === "nan") return ["ended", "the loss is not a number"];
  return [END_WORDS[end.reason], end.reason === "early_stopping" ? null : reasonText(end, stopping)];
}

/** Returns the figures at the top of the page. */
function keyFacts({ overview, end, config }: RunStory, state: RunState): Fact[] {
  const { facts } = state;
  const { best } = overview;
  const monitor = state.earlyStopping?.monitor ?? config?.options.monitor;
  const accuracy = best?.val_accuracy ?? null;
  const majority = majorityOf(state);
  const created = overview.created;
  return [
    ...(best ? [bestFact(best, facts?.dataset.validation ?? null)] : []),
    ...(best && monitor !== undefined && monitor !== "val_accuracy"
      ? [{ name: `Best ${monitor}`, text: figure(figureOf(best, monitor)) }]
      : []),
    ...(majority === null || accuracy === null
      ? []
      : [{ name: "Baseline", text: sentence(capital(majoritySentence(majority, accuracy))) }]),
    ...(facts
      ? [
        { name: "Model", text: `${facts.model.base}, ${weightsWords(facts.model.weights)}` },
        {
          name: "Parameters",
          text: `${count(facts.parameters.trainable)} of ${count(facts.parameters.total)} trainable, ${
            percent(facts.parameters.trainable / Math.max(1, facts.parameters.total))
          }`,
        },
      ]
      : [{ name: "Model", text: stripControl(overview.base ?? "not known") }]),
    ...(created === null ? [] : [{ name: "Begun", text: minuteOf(created) }]),
    ...(end && overview.status === "ended" ? [{ name: "Time", text: secondsText(end.seconds) }] : []),
  ];
}

function bestFact(best: EpochFigures, images: number | null): Fact {
  const accuracy = best.val_accuracy;
  if (accuracy === null) return { name: "Best epoch", text: `epoch ${best.epoch}` };
  const interval = images === null ? null : wilson(Math.round(accuracy * images), images);
  const text = interval === null ? "" : `; 95 % interval ${interval.map((end) => end.toFixed(3)).join(" to ")}`;
  return { name: "Validation accuracy", text: `${accuracy.toFixed(3)} in epoch ${best.epoch}, the best one${text}` };
}

function figureOf(figures: EpochFigures, name: string): number | null {
  const known = [...FIGURE_NAMES, ...CLASS_FIGURES].find((one) => one === name);
  return known === undefined ? null : figures[known] ?? null;
}

/** Returns a time as the page shows it: `2026-11-28 14:56 UTC`. */
export function minuteOf(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function epochTable(state: RunState, shown: number): EpochTable | null {
  const { epochs } = state;
  if (epochs.length === 0 || epochs.length > shown) return null;
  const all = [...epochs];
  const columns = [...FIGURE_NAMES, ...CLASS_FIGURES.filter((name) => all.some((one) => one[name] !== undefined))];
  const best = bestEpochOf(state);
  return {
    columns: [...columns, "time"],
    rows: all.map((one) => ({
      epoch: one.epoch,
      isBest: one.epoch === best,
      cells: [...columns.map((name) => figure(one[name] ?? null)), duration(one.seconds)],
    })),
  };
}

/** Returns the options of the run that have a value, in the order of the help. */
function optionFactsOf({ options }: RunConfig): Fact[] {
  const values: Readonly<Record<string, unknown>> = shownOptions(options);
  return Object.keys(runOptionsSchema.shape).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [{ name: flagOf(name), text: stripControl(String(value)) }];
  });
}

function againPart({ config, end }: RunStory): RunPart["again"] {
  if (config === null) return { command: null, text: "config.json cannot be read, so the command is not known." };
  const again = againCommand(config, end);
  if (again === null) {
    return {
      command: null,
      text: "No single command repeats this run: it would fail again, or it was changed on the way.",
    };
  }
  return {
    command: stripControl(again.command),
    text: again.repeats
      ? "On the same machine with the same files, this command gives the same figures, epoch by epoch."
      : "The run ended before it was prepared, or it was changed on the way. This command starts one with the same options.",
  };
}
