/** Measures features per second: Keras's `predict` and the modes in which Headlight can run the base, in turn. */
import { join } from "node:path";
import { readNpy } from "../../npy.ts";
import type { Precision } from "../../../src/config.ts";
import { provisionEngine } from "../../../src/engine/engines/provision.ts";
import { bases } from "../../../src/bases/bases.ts";
import { baseNetwork } from "../../../src/model/base_network.ts";
import { cacheRoot } from "../../../src/paths.ts";
import { alternate, type Contender } from "../alternate.ts";
import { BASE_MODES, type BaseMode } from "../base_modes.ts";
import { type Bench, type Section, weightsNote } from "../bench.ts";
import { type Finished, runDeno, runPython } from "../children.ts";
import { type FeaturesRequest, featuresResultSchema } from "../features_child.ts";
import { flopsPerImage } from "../flops.ts";
import { PRECISIONS } from "../precisions.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure, medianOf, over, withRatios } from "../measures.ts";
import { largestRelativeError, median } from "../numbers.ts";
import type { Measure } from "../report_schema.ts";
import { LIMIT_QUANTITY, machineLimit } from "./limit.ts";

const RATE = "features per second";
const IMAGES = 256;
const QUICK_IMAGES = 64;
/** WebAssembly takes about five times as long per image. */
const WASM_IMAGES = 64;
const KERAS = "Keras predict, float32";
const WASM = "Headlight, wasm (one thread)";

interface Sample {
  readonly imagesPerSecond: number;
  readonly setupSeconds: number;
}

/** The set-up is everything outside the timed part: start, imports, engine, weights, tracing, the first batch. */
function sampleOf(
  { result: { imagesPerSecond }, wallSeconds }: Finished<{ imagesPerSecond: number }>,
  images: number,
): Sample {
  return { imagesPerSecond, setupSeconds: wallSeconds - images / imagesPerSecond };
}

const openvinoName = (precision: Precision) => `Headlight, OpenVINO, ${precision}`;
const nameOf = ({ mode, precision }: BaseMode) => `Headlight, ${mode}, ${precision}`;

export const featuresSection: Section = {
  name: "features",
  title: "Features: DenseNet121 at 160, batch 32",
  async run(bench) {
    const contenders = await contendersOf(bench);
    const samples = await alternate(
      contenders,
      bench.options.pairs,
      (name, round) => bench.say(`features: ${name}, ${round} of ${bench.options.pairs}`),
    );
    const measures = [...samples].flatMap(([of, taken]) => [
      measure(RATE, of, "images/s", taken.map(({ imagesPerSecond }) => imagesPerSecond)),
    ]);
    const compared = withRatios(measures, samples.has(KERAS) ? KERAS : nameOf(FIRST));
    const errors = await errorsOf(bench, [...samples.keys()]);
    const limits = await machineLimit(bench);
    const ratioTo = (of: string) => over(medianOf(measures, RATE, of), medianOf(measures, RATE, KERAS));
    const onTensorflow = measures.filter(({ of }) => BASE_MODES.some((mode) => nameOf(mode) === of));
    const bfloat16 = bestOf("bfloat16", onTensorflow);
    const float32 = bestOf("float32", onTensorflow);
    const overTensorflow = over(
      medianOf(measures, RATE, openvinoName("float32")),
      medianOf(measures, RATE, float32 ?? ""),
    );
    return {
      measures: [...compared, ...errors, ...sharesOfLimit(measures, limits)],
      checks: [
        judge(LIMITS.featuresFloat32, ratioTo(float32 ?? "")),
        judge(LIMITS.featuresBfloat16, ratioTo(bfloat16 ?? "")),
        judge(LIMITS.bfloat16Error, errors.find(({ of }) => of === bfloat16)?.median ?? null),
        judge(LIMITS.openvinoFloat32, ratioTo(openvinoName("float32"))),
        judge(LIMITS.openvinoOverTensorflow, overTensorflow),
        judge(LIMITS.openvinoBfloat16, ratioTo(openvinoName("bfloat16"))),
        judge(
          LIMITS.openvinoBfloat16Error,
          errors.find(({ of }) => of === openvinoName("bfloat16"))?.median ?? null,
        ),
      ],
      notes: [
        "Keras receives resized and scaled images. Headlight resizes and scales them within the measured time.",
        "Each sample is a separate process, warmed up with one batch. The rest of the process is not counted: " +
        [...samples].map(([of, taken]) => `${of} ${median(taken.map((one) => one.setupSeconds)).toFixed(1)} s`).join(
          ", ",
        ),
        `Errors are the largest difference relative to the largest feature, compared with ${nameOf(FIRST)}.`,
        weightsNote(),
      ],
    };
  },
};

const [FIRST = { mode: "eager", precision: "float32" } as const] = BASE_MODES;

/** Returns the fastest of these modes in a precision, which is the one that runs use. */
function bestOf(precision: string, measures: readonly Measure[]): string | null {
  const mine = measures.filter(({ of }) => of.startsWith("Headlight") && of.endsWith(precision));
  return mine.toSorted((one, other) => other.median - one.median)[0]?.of ?? null;
}

function outOf(bench: Bench, name: string): string {
  return join(bench.work, `features-${name.replaceAll(/\W+/g, "-")}.npy`);
}

async function contendersOf(bench: Bench): Promise<Contender<Sample>[]> {
  const { spec } = await bench.prepared();
  const python = await bench.python();
  const { folder } = await bench.images();
  const images = bench.options.quick ? QUICK_IMAGES : IMAGES;
  const headlight = (name: string, changed: Partial<FeaturesRequest>): Contender<Sample> => ({
    name,
    sample: async () => {
      const request = { spec, mode: FIRST, images, out: outOf(bench, name), ...changed };
      return sampleOf(await runDeno("features_child.ts", request, featuresResultSchema), request.images);
    },
  });
  const keras: Contender<Sample> = {
    name: KERAS,
    sample: async () => {
      const { size, batchSize: batch, weights: { path: weights } } = spec;
      const base = (await baseNetwork(spec.base)).displayName;
      const request = { base, largest: 1, size, batch, weights, folder, images, out: outOf(bench, KERAS) };
      return sampleOf(await runPython(python ?? "", "features.py", request, featuresResultSchema), images);
    },
  };
  const { files: openvino } = await provisionEngine("openvino", { cacheRoot: cacheRoot(), onProgress: () => {} });
  const { files: wasm } = await provisionEngine("wasm", { cacheRoot: cacheRoot(), onProgress: () => {} });
  return [
    ...(python === null ? [] : [keras]),
    ...BASE_MODES.map((mode) => headlight(nameOf(mode), { mode })),
    ...PRECISIONS.map((precision) =>
      headlight(openvinoName(precision), {
        spec: { ...spec, engine: openvino },
        mode: { mode: "captured", precision },
      })
    ),
    headlight(WASM, { spec: { ...spec, engine: wasm }, images: Math.min(images, WASM_IMAGES) }),
  ];
}

/** Returns the error of every contender's features relative to those of Headlight's first mode. */
async function errorsOf(bench: Bench, names: readonly string[]): Promise<Measure[]> {
  const read = (name: string) => readNpy(outOf(bench, name)).data;
  const expected = read(nameOf(FIRST));
  if (!(expected instanceof Float32Array)) throw new TypeError("features are float32");
  return await Promise.all(
    names.filter((name) => name !== nameOf(FIRST)).map((name) => {
      const found = read(name);
      if (!(found instanceof Float32Array)) throw new TypeError("features are float32");
      const error = largestRelativeError(found, expected.subarray(0, found.length));
      return measure("largest feature error", name, "relative", [error]);
    }),
  );
}

/** Returns the operations per second relative to those of a large matrix product of the same precision. */
function sharesOfLimit(measures: readonly Measure[], limits: readonly Measure[]): Measure[] {
  const flops = flopsPerImage(bases.densenet121.layers(160, "max"));
  return measures.filter(({ of }) => of !== WASM).flatMap(({ of, samples }) => {
    const precision = of.endsWith("bfloat16") ? "bfloat16" : "float32";
    const limit = medianOf(limits, LIMIT_QUANTITY, `TensorFlow, ${precision}`) ??
      medianOf(limits, LIMIT_QUANTITY, `tfjs-node, ${precision}`);
    if (limit === null) return [];
    return [measure("share of the machine's limit", of, "relative", samples.map((rate) => rate * flops / 1e9 / limit))];
  });
}
