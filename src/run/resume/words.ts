/** The words for what differs when a run goes on. */
import { type RunOptions, runOptionsSchema } from "../../config.ts";
import { flagOf } from "../../options.ts";
import { shellWord } from "../../shell.ts";
import { shortened } from "../../text.ts";
import type { ChangedValue } from "../folder/run_config.ts";

/** A difference between a run and how it goes on. */
export interface Difference {
  readonly name: string;
  readonly from: ChangedValue;
  readonly to: ChangedValue;
  /** How they differ, if both values say little. */
  readonly words?: string;
}

/** What a difference is called, and how it is undone. */
interface Named {
  readonly what: string;
  readonly undo: string;
}

/** Differences that are facts about the data and the machine. */
const FACTS: Readonly<Record<string, Named>> = {
  data: { what: "its data", undo: "Restore them, or name the data of the run with --data" },
  classes: { what: "its classes", undo: "Restore them, or name the data of the run with --data" },
  weights: { what: "the weights of its base", undo: "Restore them, or name their file with --weights" },
  base_file: { what: "the file of its base", undo: "Restore it, or name it with --base" },
  openvino: { what: "the version of OpenVINO", undo: "Resume it with the Headlight that started it" },
  cuda: { what: "the version of TensorFlow for CUDA", undo: "Resume it with the Headlight that started it" },
  webgpu: { what: "the version of the WebGPU engine", undo: "Resume it with the Headlight that started it" },
  tensorflow: { what: "the version of its engine", undo: "Name the folder of that version with --tensorflow" },
  features: { what: "the features of its images", undo: "Resume it on the machine that computed them" },
  processor: { what: "the processor", undo: "Resume it on the earlier one" },
  threads: { what: "the number of threads", undo: "Give it as many processor cores as before" },
};

/** Returns what a run cannot go on with, as a part of a sentence: "its data changed: 6 training images, now 5". */
export function differenceText({ name, from, to, words }: Difference): string {
  const { what } = namedOf(name, from);
  return words === undefined ? `${what} changed from ${shown(from)} to ${shown(to)}` : `${what} changed: ${words}`;
}

/** Returns the beginning of a sentence that says how to undo a difference, without its end. */
export function undoText({ name, from }: Pick<Difference, "name" | "from">): string {
  return namedOf(name, from).undo;
}

/** Returns the flag that gives an option its new value, with a space before it. */
export function givenText({ name, to }: Pick<Difference, "name" | "to">): string {
  return ` ${flagOf(name)} ${shellWord(String(to))}`;
}

function namedOf(name: string, from: ChangedValue): Named {
  const fact = FACTS[name];
  if (fact) return fact;
  const option = runOptionsSchema.keyof().safeParse(name);
  if (!option.success) return { what: name.replaceAll("_", " "), undo: "Restore it" };
  return { what: flagOf(name), undo: optionText(option.data, from) };
}

function optionText(name: keyof RunOptions, value: ChangedValue): string {
  const flag = flagOf(name);
  if (value === null || value === false) return `Leave out ${flag}`;
  return value === true ? `Use ${flag}` : `Use ${flag} ${shellWord(String(value))}`;
}

/** The maximum length of a value in a text. */
const VALUE_CHARACTERS = 60;

/** Returns a value in a text. */
export function shown(value: ChangedValue): string {
  return value === null ? "not set" : shortened(String(value), VALUE_CHARACTERS);
}
