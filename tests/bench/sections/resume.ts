/** Measures how long a run whose features are cached takes to go on, against one that starts: both train one epoch. */
import { cpSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { listRuns } from "../../../src/run/folder/find_run.ts";
import { alternate, type Contender } from "../alternate.ts";
import type { Section } from "../bench.ts";
import { type HeadlightRun, runHeadlight } from "../headlight_run.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure, withRatios } from "../measures.ts";
import { median, medianInterval, pairedRatios } from "../numbers.ts";

/** The interval of a ratio needs more pairs than the other sections take. */
const LEAST_PAIRS = 20;
/** The number of epochs that the run has trained before it is resumed. */
const TRAINED = 10;
const STARTED = "a run that starts";
const RESUMED = "a run that is resumed";
/** What is measured of both; the first is judged. */
const TIMES = {
  "process start until the epoch is trained": ({ firstEpochSeconds }: HeadlightRun) => firstEpochSeconds,
  "process start to end": ({ wallSeconds }: HeadlightRun) => wallSeconds,
} as const;

export const resumeSection: Section = {
  name: "resume",
  title: "Resuming a cached run",
  long: true,
  async run(bench) {
    const place = bench.place("resume");
    const args = await bench.lesson({ epochs: 1 });
    bench.say("resume: extracting the features once, and the run to resume");
    await runHeadlight(await bench.lesson({ epochs: TRAINED }), place);
    const [source] = listRuns(place.runs);
    if (!source) throw new HeadlightError(`no run in ${place.runs}`, 1);
    // Each sample resumes the same run. Otherwise its log and its checkpoints would be those of all samples before.
    const kept = join(place.cacheHome, "kept");
    cpSync(source.path, kept, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    const resumed = ["--resume", basename(source.path), "--epochs", String(TRAINED + 1)];
    const contenders: Contender<HeadlightRun>[] = [
      { name: STARTED, sample: () => runHeadlight(args, place) },
      {
        name: RESUMED,
        sample: () => {
          rmSync(source.path, { recursive: true });
          cpSync(kept, source.path, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
          return runHeadlight(resumed, place);
        },
      },
    ];
    const pairs = bench.options.quick ? 1 : Math.max(LEAST_PAIRS, bench.options.pairs);
    const samples = await alternate(contenders, pairs, (name, round) => bench.say(`resume: ${name}, ${round}`));
    const of = (name: string, time: (run: HeadlightRun) => number) => (samples.get(name) ?? []).map(time);
    const compared = Object.entries(TIMES).map(([what, time]) => {
      const [start, resume] = [of(STARTED, time), of(RESUMED, time)];
      const measures = [measure(what, STARTED, "s", start), measure(what, RESUMED, "s", resume)];
      return { what, measures, ratios: pairedRatios(resume, start) };
    });
    return {
      measures: withRatios(compared.flatMap(({ measures }) => measures), STARTED),
      checks: [judge(LIMITS.resume, median(compared[0]?.ratios ?? []))],
      notes: [
        ...compared.map(({ what, ratios }) => ratioText(what, ratios)),
        `The lesson's head on cached features. The same run of ${TRAINED} epochs is resumed each time, for one more.`,
        "After its epoch the resumed run also removes a checkpoint that it no longer keeps, as a run does after epoch 3.",
      ],
    };
  },
};

function ratioText(what: string, ratios: readonly number[]): string {
  const [low, high] = medianInterval(ratios);
  const interval = `${low.toFixed(3)} to ${high.toFixed(3)}`;
  return `${what}: the median ratio of ${ratios.length} pairs is ${
    median(ratios).toFixed(3)
  }, with a 95 % interval of ` +
    `${interval}.`;
}
