/** Features a second of several bases: Keras's `predict` and Headlight in each precision, in turn. */
import { join } from "node:path";
import { type BaseName, bases } from "../../../src/bases/bases.ts";
import { readNpy } from "../../npy.ts";
import { alternate, type Contender } from "../alternate.ts";
import type { Bench, Section } from "../bench.ts";
import { runDeno, runPython } from "../children.ts";
import { featuresResultSchema } from "../features_child.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure, medianOf, over, withRatios } from "../measures.ts";
import { largestRelativeError } from "../numbers.ts";
import { PRECISIONS } from "../precisions.ts";
import type { Measure } from "../report_schema.ts";

/** One of each kind of network: densely connected, depthwise, residual, with squeeze and excitation. */
const MEASURED: readonly BaseName[] = ["densenet121", "mobilenet_v2", "resnet50", "efficientnetb0"];
const RATE = "features per second";
const ERROR = "largest feature error";
const IMAGES = 256;
const QUICK_IMAGES = 64;

const kerasName = (base: BaseName) => `Keras predict, ${base}`;
const ownName = (base: BaseName, precision: string) => `Headlight, ${base}, ${precision}`;

export const basesSection: Section = {
  name: "bases",
  title: "Features of several bases at 160, batch 32",
  async run(bench) {
    const measures: Measure[] = [];
    for (const base of MEASURED) measures.push(...await measuresOf(bench, base));
    const ratios = MEASURED.map((base) =>
      over(medianOf(measures, RATE, ownName(base, "float32")), medianOf(measures, RATE, kerasName(base)))
    );
    const errors = MEASURED.map((base) => medianOf(measures, ERROR, ownName(base, "bfloat16")));
    return {
      measures,
      checks: [
        judge(LIMITS.basesFloat32, extreme(Math.min, ratios)),
        judge(LIMITS.basesBfloat16Error, extreme(Math.max, errors)),
      ],
      notes: [
        "weights are the random base's on both sides; Keras gets images that are resized and scaled already",
        "a network whose error would be too large in bfloat16 is computed in float32, wholly or in part",
      ],
    };
  },
};

/** The least or largest of the values; null if one of them was not measured. */
function extreme(of: (...values: number[]) => number, values: readonly (number | null)[]): number | null {
  const measured = values.filter((value) => value !== null);
  return measured.length === values.length ? of(...measured) : null;
}

async function measuresOf(bench: Bench, base: BaseName): Promise<Measure[]> {
  const contenders = await contendersOf(bench, base);
  const samples = await alternate(
    contenders,
    bench.options.pairs,
    (name, round) => bench.say(`bases: ${name}, ${round} of ${bench.options.pairs}`),
  );
  const rates = [...samples].map(([of, taken]) => measure(RATE, of, "images/s", taken));
  const first = ownName(base, "float32");
  const expected = featuresIn(bench, first);
  const errors = [...samples.keys()].filter((of) => of !== first).map((of) =>
    measure(ERROR, of, "relative", [largestRelativeError(featuresIn(bench, of), expected)])
  );
  return [...withRatios(rates, samples.has(kerasName(base)) ? kerasName(base) : first), ...errors];
}

function outOf(bench: Bench, name: string): string {
  return join(bench.work, `bases-${name.replaceAll(/\W+/g, "-")}.npy`);
}

function featuresIn(bench: Bench, name: string): Float32Array {
  const { data } = readNpy(outOf(bench, name));
  if (!(data instanceof Float32Array)) throw new TypeError("features are float32");
  return data;
}

async function contendersOf(bench: Bench, base: BaseName): Promise<Contender<number>[]> {
  const { spec } = await bench.prepared(base);
  const python = await bench.python();
  const { folder } = await bench.images();
  const images = bench.options.quick ? QUICK_IMAGES : IMAGES;
  const keras: Contender<number> = {
    name: kerasName(base),
    sample: async () => {
      const { size, batchSize: batch, weights: { path: weights } } = spec;
      const { displayName, preprocessing } = bases[base];
      // Images are divided by 255, but for a network that does that itself.
      const largest = preprocessing === "inside" ? 255 : 1;
      const out = outOf(bench, kerasName(base));
      const request = { base: displayName, largest, size, batch, weights, folder, images, out };
      return (await runPython(python ?? "", "features.py", request, featuresResultSchema)).result.imagesPerSecond;
    },
  };
  const own = PRECISIONS.map((precision): Contender<number> => ({
    name: ownName(base, precision),
    sample: async () => {
      const mode = { mode: "captured", precision } as const;
      const request = { spec, mode, images, out: outOf(bench, ownName(base, precision)) };
      return (await runDeno("features_child.ts", request, featuresResultSchema)).result.imagesPerSecond;
    },
  }));
  return [...(python === null ? [] : [keras]), ...own];
}
