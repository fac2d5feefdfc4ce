/** Measures how fast the extractor gets images for a base that costs nothing, compared with sharp alone. */
import { join } from "node:path";
import type { z } from "zod";
import { alternate, type Contender } from "../alternate.ts";
import type { Bench, Section } from "../bench.ts";
import { runDeno } from "../children.ts";
import { rateResultSchema } from "../counted_rate.ts";
import { LIMITS } from "../limits.ts";
import { writePhotographs } from "../made_photographs.ts";
import { judge, measure, medianOf, over, withRatios } from "../measures.ts";
import type { resizingSchema } from "../sharp_child.ts";

const RATE = "images per second and core";
const TIME = "processor time per image";
const HEADLIGHT = "Headlight's extractor, the base costs nothing";
const SHARP = "sharp alone, resized as Headlight does";
const SHARP_CONTENDERS = [
  { name: SHARP, resizing: "as Headlight" },
  { name: "sharp alone, resized by sharp", resizing: "by sharp" },
  { name: "sharp alone, not resized", resizing: "none" },
] as const;
const IMAGES = 4000;
const QUICK_IMAGES = 300;
/** Any base will do. Its graph is opened but not run. */
const BASE = "squeezenet11";

type Sample = z.infer<typeof rateResultSchema>;

export const feedingSection: Section = {
  name: "feeding",
  title: "Feeding the base: JPEG files of 500×375",
  async run(bench) {
    const { pairs } = bench.options;
    const samples = await alternate(
      await contendersOf(bench),
      pairs,
      (name, round) => bench.say(`feeding: ${name}, ${round} of ${pairs}`),
    );
    const cores = navigator.hardwareConcurrency;
    const measures = [...samples].flatMap(([of, taken]) => [
      measure(RATE, of, "images/s", taken.map(({ imagesPerSecond }) => imagesPerSecond / cores)),
      measure(TIME, of, "ms", taken.map(({ processorMs }) => processorMs)),
    ]);
    return {
      measures: withRatios(measures, SHARP),
      checks: [judge(LIMITS.feeding, over(medianOf(measures, RATE, HEADLIGHT), medianOf(measures, RATE, SHARP)))],
      notes: [
        `Each contender uses all ${cores} cores. sharp alone is one process per core, which decodes one file after the ` +
        "other. The extractor also hashes the files and stores a row for each.",
        "When sharp resizes, it gives other pixels than Keras and Headlight.",
      ],
    };
  },
};

async function contendersOf(bench: Bench): Promise<Contender<Sample>[]> {
  const folder = join(bench.work, "photographs");
  await writePhotographs(folder, bench.options.quick ? QUICK_IMAGES : IMAGES);
  const { spec } = await bench.prepared(BASE);
  const data = { kind: "pictures", folder, name: "photographs", share: 0.25, seed: 1, resize: "bilinear" } as const;
  const cacheRoot = join(bench.work, "feeding");
  const headlight: Contender<Sample> = {
    name: HEADLIGHT,
    sample: async () => {
      const { result } = await runDeno("feeding_child.ts", { spec: { ...spec, data }, cacheRoot }, rateResultSchema);
      Deno.removeSync(join(cacheRoot, "features"), { recursive: true });
      return result;
    },
  };
  return [
    headlight,
    ...SHARP_CONTENDERS.map(({ name, resizing }) => ({
      name,
      sample: () => sharpOnAllCores({ folder, resizing, size: spec.size }),
    })),
  ];
}

interface SharpRequest {
  readonly folder: string;
  readonly resizing: z.infer<typeof resizingSchema>;
  readonly size: number;
}

async function sharpOnAllCores(request: SharpRequest): Promise<Sample> {
  const processes = navigator.hardwareConcurrency;
  const results = await Promise.all(
    Array.from(
      { length: processes },
      async (_, process) =>
        (await runDeno("sharp_child.ts", { ...request, processes, process }, rateResultSchema)).result,
    ),
  );
  return {
    imagesPerSecond: results.reduce((sum, { imagesPerSecond }) => sum + imagesPerSecond, 0),
    processorMs: results.reduce((sum, { processorMs }) => sum + processorMs, 0) / processes,
  };
}
