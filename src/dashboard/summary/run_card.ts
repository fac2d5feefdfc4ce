/** The part of `summary RUN` below the model: what the run was trained on, its results, and how to repeat it. */
import { hasFrozenBase } from "../../config.ts";
import { headForm } from "../../head_form.ts";
import type { Overview } from "../../run/overview/overview.ts";
import { runArgument } from "../../run/folder/run_argument.ts";
import { repeatOf, trainCommand } from "../../run/repeat.ts";
import type { RunConfig } from "../../run/folder/run_config.ts";
import { stripControl } from "../../text.ts";
import type { EngineFiles } from "../../engine/engine.ts";
import type { EventOf } from "../../events.ts";
import { precisionWords } from "../../features/base/rounding.ts";
import { classNamesText, figuresText, finalLines, hang, majorityLines, reasonLines, row } from "./card.ts";
import type { NamedMajority } from "../run_text/class_text.ts";
import { goOnCommand } from "../run_text/next_steps.ts";
import { END_WORDS, secondsText, startedFromText } from "../run_text/describe.ts";
import { count } from "../../counted.ts";
import { bytes } from "../text/formats.ts";
import { runStateText } from "../runs/runs_table.ts";

export interface RunStory {
  readonly overview: Overview;
  /** Null if config.json is not valid for this version. */
  readonly config: RunConfig | null;
  readonly end: EventOf<"end"> | null;
  /** The last early-stopping event. */
  readonly stopping: EventOf<"early_stopping"> | null;
  /** Whether the run has a checkpoint. */
  readonly saved: boolean;
}

/** Returns lines without escape sequences. Wraps lines longer than `columns` with a hanging indent. */
export function runCardLines(story: RunStory, columns = Infinity): string[] {
  const { overview, config, end, stopping } = story;
  const { id, name, best, last, directory, status, problem } = overview;
  const monitor = config?.options.monitor ?? stopping?.monitor;
  const epochs = `${count(overview.epochs)} ${overview.epochs === 1 ? "epoch" : "epochs"}`;
  return [
    `${id}: ${end && status === "ended" ? END_WORDS[end.reason] : runStateText(overview)} after ${epochs}`,
    ...(end ? reasonLines(end, stopping) : []),
    ...(problem !== null && end?.error === undefined ? [row("why", problem)] : []),
    ...(name === null ? [] : [row("name", name)]),
    ...(config?.resolved ? trainedOnFacts(config, config.resolved).map(([name, text]) => row(name, text)) : []),
    ...(end?.notices ?? config?.notices ?? []).map((notice) => row("notice", notice)),
    ...(best ? [row("best", figuresText(best, monitor))] : []),
    ...(last ? [row("last", figuresText(last, monitor))] : []),
    ...(end ? finalLines(end, monitor) : []),
    ...majorityLines(config && majorityIn(config), best),
    ...(end ? [row("time", secondsText(end.seconds))] : []),
    row("run", `${directory} (${bytes(overview.bytes)})`),
    ...(config ? commandLines(config, end) : []),
    ...goOnRows(story),
  ].map(stripControl).flatMap((line) => hang(line, columns));
}

function majorityIn({ resolved, class_facts: facts }: RunConfig): NamedMajority | null {
  if (!facts || !resolved) return null;
  const name = resolved.classes[facts.majority.class];
  return name === undefined ? null : { name, accuracy: facts.majority.accuracy };
}

/** Returns what a run was trained on, with what and where, as names and texts. */
export function trainedOnFacts(
  { options, machine, versions, features, class_facts: facts, started_from: from }: RunConfig,
  resolved: NonNullable<RunConfig["resolved"]>,
): (readonly [name: string, text: string])[] {
  const sizes = facts?.per_class;
  // The numbers of images that could be decoded, if the run got far enough to count them.
  const [train, validation] = sizes
    ? [sumOf(sizes.train), sumOf(sizes.validation)]
    : [resolved.train, resolved.validation];
  const { data_name, classes, weights, preprocess, engine, engine_why: why } = resolved;
  const folder = resolved.data["folder"];
  const chosen = why === undefined ? "" : `, ${why}`;
  return [
    [
      "data",
      `${data_name}, ${count(train)} training + ${count(validation)} validation images${
        folder === undefined ? "" : `, ${folder}`
      }`,
    ],
    ["classes", classNamesText(classes)],
    ["base", baseParts({ options, features }, preprocess).join(", ")],
    ["head", headForm(options)],
    [
      "weights",
      weights.kind === "scratch"
        ? "trained from scratch"
        : `${weights.kind}, ${weights.path}, sha256 ${weights.sha256}`,
    ],
    ...(from
      ? [
        [
          "start",
          `${startedFromText(from)}: checkpoint ${from.checkpoint}, ${from.path}, sha256 ${from.weights_sha256}`,
        ] as const,
      ]
      : []),
    ["engine", `${engineOnHost(engine)} on ${machine.host} (${machine.cpu}, ${machine.cores} cores)${chosen}`],
    ["versions", Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ")],
  ];
}

/** Returns the engine, and the device that computes the base if it is not the processor. */
function engineOnHost({ kind, version, device_name: device }: EngineFiles): string {
  return device === undefined ? `${kind} ${version}` : `${kind} ${version} (${device})`;
}

function baseParts({ options, features }: Pick<RunConfig, "options" | "features">, preprocess: string): string[] {
  const { base, size, pooling, precision } = options;
  const roundings = features?.made_on.flatMap(({ bfloat16 }) => bfloat16 ?? []) ?? [];
  const precisions = roundings.length === 0 ? [precision] : [...new Set(roundings.map(precisionWords))];
  return [
    base,
    `${size}×${size}`,
    ...(hasFrozenBase(options) ? [`${pooling} pooling`] : []),
    `preprocess ${preprocess}`,
    ...(precision === "float32" ? [] : [precisions.join(" and ")]),
  ];
}

function commandLines(config: RunConfig, end: EventOf<"end"> | null): string[] {
  const again = againCommand(config, end);
  return again === null ? [] : [row(again.repeats ? "repeat" : "try again", again.command)];
}

/**
 * Returns the command that repeats the run. For a run that ended before its options were resolved, returns the command
 * that started it. Returns null if the run would fail again.
 */
export function againCommand(
  config: RunConfig,
  end: EventOf<"end"> | null,
): { readonly command: string; readonly repeats: boolean } | null {
  if (config.resolved && end?.repeat === null) return null;
  const repeat = repeatOf(config);
  return { command: repeat ?? trainCommand(config.options), repeats: repeat !== null };
}

/** Returns the command with which a run without a trainer goes on, or null if there is none. */
export function storyGoesOn({ overview, config, end, stopping, saved }: RunStory): string | null {
  const { id, status, epochs, directory } = overview;
  if (status !== "ended" && status !== "lost") return null;
  return goOnCommand({
    ...{
      run: runArgument({ id, path: directory }),
      command: "deno task",
      reason: end?.reason ?? "lost",
      epochs,
      saved,
    },
    planned: config?.options.epochs ?? null,
    stopping: stopping ?? (config && { patience: config.options.patience, wait: 0 }),
  });
}

function goOnRows(story: RunStory): string[] {
  const command = storyGoesOn(story);
  return command === null ? [] : [row("go on", command)];
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, one) => sum + one, 0);
}
