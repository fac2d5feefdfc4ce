/** Measures how time and memory grow with the number of images, and whether 10,000 images need more memory. */
import { alternate, type Contender } from "../alternate.ts";
import { type Bench, forgetFeatures, type Section } from "../bench.ts";
import { type HeadlightRun, runHeadlight, type RunPlace } from "../headlight_run.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure, medianOf, over, withRatios } from "../measures.ts";
import type { Measure } from "../report_schema.ts";
import { drawDemoFolder, splitOf } from "../images.ts";

const IMAGES = 256;
const QUICK_IMAGES = 64;
const TIMES = [1, 2, 4, 8];
const LARGE = 10_000;
const LARGE_BESIDE = 1000;

const TIME = "whole process with one epoch";
const EXTRACT = "seconds.extract";
const RATE = "images extracted per second";
const PEAK = "peak memory";

export const growthSection: Section = {
  name: "growth",
  title: "1, 2, 4 and 8 times the images",
  async run(bench) {
    const images = bench.options.quick ? QUICK_IMAGES : IMAGES;
    const measures = await grown(bench, "growth", TIMES.map((times) => times * images), bench.options.pairs);
    return {
      measures: withRatios(measures, nameOf(images)),
      checks: [],
      notes: [NOTE],
    };
  },
};

export const largeSection: Section = {
  name: "large",
  title: "10,000 images of 64×64",
  long: true,
  async run(bench) {
    const [few, many] = bench.options.quick ? [64, 128] : [LARGE_BESIDE, LARGE];
    const measures = await grown(bench, "large", [few, many], 1);
    const rate = over(medianOf(measures, RATE, nameOf(many)), medianOf(measures, RATE, nameOf(few)));
    return {
      measures: withRatios(measures, nameOf(few)),
      checks: bench.options.quick ? [] : [
        judge(LIMITS.largeMemory, medianOf(measures, PEAK, nameOf(many))),
        judge(LIMITS.largeRate, rate),
      ],
      notes: [NOTE],
    };
  },
};

const NOTE =
  "Demo images from .npy files, without cached features but with the cached graph. The rate is measured from the end " +
  "of the first batch to that of the last, without start-up. Memory is sampled five times a second, in all runs alike.";

function nameOf(images: number): string {
  return `${images} images`;
}

/** Runs one epoch on each of these numbers of demo images in turn, without cached features. */
async function grown(bench: Bench, name: string, counts: readonly number[], rounds: number): Promise<Measure[]> {
  const place = bench.place(name);
  const contenders: Contender<HeadlightRun>[] = [];
  for (const count of counts) {
    bench.say(`${name}: drawing ${count} images`);
    const { train, validation } = splitOf(count);
    const { folder } = await drawDemoFolder(`${bench.work}/${name}-${count}`, train, validation);
    contenders.push({ name: nameOf(count), sample: () => once(bench, place, folder) });
  }
  const samples = await alternate(
    contenders,
    rounds,
    (of, round) => bench.say(`${name}: ${of}, ${round} of ${rounds}`),
  );
  return [...samples].flatMap(([of, runs]): Measure[] => [
    measure(TIME, of, "s", runs.map(({ wallSeconds }) => wallSeconds)),
    measure(EXTRACT, of, "s", runs.map(({ seconds }) => seconds.extract)),
    ...(runs.every(({ extractedPerSecond: rate }) => rate !== null)
      ? [measure(RATE, of, "images/s", runs.map(({ extractedPerSecond: rate }) => rate ?? NaN))]
      : []),
    measure(PEAK, of, "bytes", runs.map(({ peakBytes }) => peakBytes ?? NaN)),
  ]);
}

async function once(bench: Bench, place: RunPlace, data: string): Promise<HeadlightRun> {
  forgetFeatures(place);
  return await runHeadlight(await bench.lesson({ data, epochs: 1 }), place, { watchMemory: true });
}
