/** Measures how time and memory grow up to a million image files, with a base that costs almost nothing. */
import { join } from "node:path";
import { type Bench, forgetFeatures, type Section } from "../bench.ts";
import { runHeadlight, type RunPlace } from "../headlight_run.ts";
import { LIGHT_SIZE, writeLightBase } from "../light_base.ts";
import { writePictures } from "../many_pictures.ts";
import { measure } from "../measures.ts";
import { OwnMemoryWatch } from "../process_tree.ts";
import type { Measure } from "../report_schema.ts";

export const PICTURE_COUNTS = [1000, 10_000, 100_000, 1_000_000];
const QUICK_COUNTS = [100, 200];

/** The processes of a run, by the file that each of them runs. */
const PROCESSES = { command: "main.ts", trainer: "trainer_main.ts", extractor: "extractor_main.ts" } as const;

/** The names of the measures. */
export const PICTURES = {
  prepare: "first run: listing and hashing",
  extract: "first run: features",
  again: "second run: until training",
  epoch: "epoch",
  memoryOf: (process: string) => `peak memory of the ${process}`,
} as const;

export const picturesSection: Section = {
  name: "pictures",
  title: "1,000 to 1,000,000 pictures, the base costs almost nothing",
  long: true,
  async run(bench) {
    const base = join(bench.work, "light.h5");
    await writeLightBase(base);
    const measures: Measure[] = [];
    for (const count of bench.options.quick ? QUICK_COUNTS : PICTURE_COUNTS) {
      measures.push(...await measureCount(bench, base, count));
    }
    return {
      measures,
      checks: [],
      notes: [
        "One run each, on BMP files of 8×8 pixels, with features of 1,024 values and one epoch. The second run finds the " +
        "features in the cache.",
        "Memory is a process's own (RssAnon), the larger of both runs. Pages of mapped files, which the system may drop, " +
        "are not counted.",
      ],
    };
  },
};

async function measureCount(bench: Bench, base: string, count: number): Promise<Measure[]> {
  const folder = join(bench.work, "pictures", String(count));
  bench.say(`pictures: writing ${count} files`);
  writePictures(folder, count);
  const place = bench.place(`pictures-${count}`);
  const first = await once(bench, place, base, folder);
  const second = await once(bench, place, base, folder);
  Deno.removeSync(folder, { recursive: true });
  forgetFeatures(place);
  const of = nameOf(count);
  return [
    measure(PICTURES.prepare, of, "s", [first.seconds.prepare]),
    measure(PICTURES.extract, of, "s", [first.seconds.extract]),
    measure(PICTURES.again, of, "s", [second.seconds.prepare + second.seconds.extract]),
    measure(PICTURES.epoch, of, "s", [second.seconds.train]),
    ...Object.entries(PROCESSES).map(([process, file]) => {
      const bytes = [first, second].map(({ peaks }) => peaks.get(file) ?? 0);
      return measure(PICTURES.memoryOf(process), of, "bytes", [Math.max(...bytes)]);
    }),
  ];
}

export function nameOf(count: number): string {
  return `${count.toLocaleString("en")} pictures`;
}

async function once(bench: Bench, place: RunPlace, base: string, data: string) {
  bench.say(`pictures: a run on ${data}`);
  const args = [
    "--data",
    data,
    "--base",
    base,
    "--size",
    String(LIGHT_SIZE),
    "--epochs",
    "1",
    "--engine",
    "tensorflow",
  ];
  let watch: OwnMemoryWatch | undefined;
  const run = await runHeadlight(args, place, {
    onStart: (pid) => watch = new OwnMemoryWatch(pid, Object.values(PROCESSES)),
  });
  watch?.stop();
  return { ...run, peaks: watch?.peakBytes ?? new Map<string, number>() };
}
