/**
 * Lets a head train as fast as it can for half an hour, with three viewers, and measures every minute what each process
 * holds. Nothing may grow with the number of epochs, except by what is kept of each.
 */
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { descendants } from "../../../src/run/system/process_tree.ts";
import type { Section } from "../bench.ts";
import { measure } from "../measures.ts";
import { commandOf, pssBytes } from "../process_tree.ts";
import type { Measure } from "../report_schema.ts";
import { inTerminal, runsIn, trainInTerminal } from "../terminal_run.ts";

const LARGE = { columns: 200, rows: 50 };
const MINUTES = 30;
const QUICK_SECONDS = 20;
/** Epochs of a few milliseconds, and more of them than there is time for. */
const FAST = [
  ...["--data", "demo", "--base", "squeezenet11", "--weights", "random", "--size", "64", "--leave"],
  ...["--epochs", "1000000", "--patience", "1000000"],
];

/** The processes by the words of their command lines. */
const PROCESSES: Readonly<Record<string, (words: readonly string[]) => boolean>> = {
  trainer: (words) => words.some((word) => word.endsWith("trainer_main.ts")),
  "train's dashboard, 200×50": (words) => isMain(words, "train"),
  "watch, 200×50": (words) => isMain(words, "watch") && !words.includes("--plain"),
  "watch --plain": (words) => isMain(words, "watch") && words.includes("--plain"),
};

function isMain(words: readonly string[], command: string): boolean {
  return words.some((word) => word === "main.ts" || word.endsWith("/main.ts")) && words.includes(command);
}

export const soakSection: Section = {
  name: "soak",
  title: "Half an hour of very short epochs",
  long: true,
  async run(bench) {
    const place = bench.place("soak");
    const seconds = bench.options.quick ? QUICK_SECONDS : MINUTES * 60;
    const owner = trainInTerminal(FAST, place, LARGE);
    const ended = new Promise<number>((resolve) => owner.onExit(({ exitCode }) => resolve(exitCode)));
    owner.onData(() => {});
    const history = await firstEpoch(() => runsIn(place).map((run) => join(place.runs, run, "history.csv")), ended);
    const words = ["task", "--quiet", "watch", join(history, "..")];
    const watch = inTerminal(words, place, LARGE);
    watch.onData(() => {});
    const plain = new Deno.Command(Deno.execPath(), { args: [...words, "--plain"], stdout: "null", stderr: "null" })
      .spawn();
    const samples: Sample[] = [];
    try {
      // In its first minute, a process loads what it needs.
      const everyMs = (seconds * 1000) / Math.min(MINUTES, seconds / 5);
      for (let left = seconds * 1000; left > 0; left -= everyMs) {
        await new Promise((resolve) => setTimeout(resolve, everyMs));
        samples.push(sampleOf(history));
        bench.say(`soak: ${samples.at(-1)?.epochs} epochs, ${samples.at(-1)?.text}`);
      }
    } finally {
      owner.write("s");
      watch.write("q");
      await ended;
      watch.kill();
      await plain.status;
    }
    return {
      measures: Object.keys(PROCESSES).flatMap((name): Measure[] => [
        measure("memory (PSS), each minute", name, "bytes", samples.map(({ held }) => held[name]?.bytes ?? NaN)),
        measure("open files, each minute", name, "files", samples.map(({ held }) => held[name]?.files ?? NaN)),
      ]),
      checks: [],
      notes: [
        `The head of a small network on cached features: ${
          samples.at(-1)?.epochs
        } epochs. The memory of a viewer with a ` +
        "screen rises to V8's usual amount of garbage first. Of each epoch, viewers keep about 70 bytes.",
      ],
    };
  },
};

interface Sample {
  readonly epochs: number;
  readonly held: Readonly<Record<string, { readonly bytes: number; readonly files: number }>>;
  readonly text: string;
}

function sampleOf(history: string): Sample {
  const started = descendants(Deno.pid);
  const held = Object.fromEntries(
    Object.entries(PROCESSES).map(([name, isIt]) => {
      // `deno task` has the same words as its child, which comes after it.
      const pid = started.findLast((pid) => isIt(commandOf(pid)) && !commandOf(pid).includes("task"));
      if (pid === undefined) throw new HeadlightError(`the process of "${name}" ended during the soak`, 1);
      return [name, { bytes: pssBytes(pid), files: [...Deno.readDirSync(`/proc/${pid}/fd`)].length }];
    }),
  );
  const text = Object.entries(held).map(([name, { bytes, files }]) =>
    `${name} ${Math.round(bytes / 2 ** 20)} MB ${files} files`
  ).join(", ");
  return { held, text, epochs: epochsIn(history) };
}

function epochsIn(history: string): number {
  return Deno.readTextFileSync(history).split("\n").length - 2;
}

/** Returns the history.csv of the run once its first epoch is finished. */
async function firstEpoch(histories: () => string[], ended: Promise<number>): Promise<string> {
  let over = false;
  ended.then(() => over = true);
  while (!over) {
    const begun = histories().find((path) => {
      try {
        return epochsIn(path) > 0;
      } catch {
        return false;
      }
    });
    if (begun !== undefined) return begun;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new HeadlightError("the run of the soak ended before its first epoch", 1);
}
