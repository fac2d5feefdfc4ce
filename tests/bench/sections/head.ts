/**
 * Measures the training of the head on cached features: Headlight's real run, and Keras's `fit` on the same features.
 */
import { join } from "node:path";
import { z } from "zod";
import { encodeNpy } from "../../npy.ts";
import { allRows } from "../../features/made_rows.ts";
import { FeatureAssembly } from "../../../src/features/assembly.ts";
import { features } from "../../../src/features/extraction.ts";
import { alternate, type Contender } from "../alternate.ts";
import type { Bench, Section } from "../bench.ts";
import { runPython } from "../children.ts";
import { runHeadlight, type RunPlace } from "../headlight_run.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure, medianOf, over, withRatios } from "../measures.ts";
import { median } from "../numbers.ts";
import type { Measure } from "../report_schema.ts";

const EPOCH = "time per epoch with validation";
const WHOLE = "set-up and all epochs";
const KERAS = "Keras fit";
const HEADLIGHT = "Headlight";
/** The first two epochs compile, trace and warm up. */
const FIRST_COUNTED = 2;

export const kerasEpochsSchema = z.object({ epochSeconds: z.array(z.number()).min(1) });

interface Sample {
  readonly epochSeconds: readonly number[];
  readonly wholeSeconds: number | null;
}

export const headSection: Section = {
  name: "head",
  title: "Head training on cached features",
  async run(bench) {
    const place = bench.place("head");
    bench.say("head: extracting the features once");
    await runHeadlight(await bench.lesson({ epochs: 1 }), place);
    const samples = await alternate(
      await contendersOf(bench, place),
      bench.options.pairs,
      (name, round) => bench.say(`head: ${name}, ${round} of ${bench.options.pairs}`),
    );
    const measures = [...samples].flatMap(([of, taken]): Measure[] => {
      const wholes = taken.flatMap(({ wholeSeconds }) => (wholeSeconds === null ? [] : [wholeSeconds]));
      const epochs = taken.map(({ epochSeconds }) => median(epochSeconds.slice(FIRST_COUNTED)) * 1000);
      return [
        measure(EPOCH, of, "ms", epochs),
        ...(wholes.length > 0 ? [measure(WHOLE, of, "s", wholes)] : []),
      ];
    });
    const got = over(medianOf(measures, EPOCH, HEADLIGHT), medianOf(measures, EPOCH, KERAS));
    return {
      measures: withRatios(measures, KERAS),
      checks: [judge(LIMITS.headEpoch, got), judge(LIMITS.headWhole, medianOf(measures, WHOLE, HEADLIGHT))],
      notes: [
        `${bench.epochs} epochs. A sample is the median of a run's epochs from the third on.`,
        "Set-up and all epochs: seconds.prepare + seconds.train of the run's end event. For Keras only its epochs.",
      ],
    };
  },
};

async function contendersOf(bench: Bench, place: RunPlace): Promise<Contender<Sample>[]> {
  const python = await bench.python();
  const args = await bench.lesson();
  const headlight: Contender<Sample> = {
    name: HEADLIGHT,
    sample: async () => {
      const { epochSeconds, seconds } = await runHeadlight(args, place);
      return { epochSeconds, wholeSeconds: seconds.prepare + seconds.train };
    },
  };
  if (python === null) return [headlight];
  const folder = await writeFeatures(bench, place);
  const keras: Contender<Sample> = {
    name: KERAS,
    sample: async () => {
      const request = { folder, epochs: bench.epochs };
      const { result: { epochSeconds } } = await runPython(python, "head.py", request, kerasEpochsSchema);
      return { epochSeconds, wholeSeconds: epochSeconds.reduce((sum, seconds) => sum + seconds, 0) };
    },
  };
  return [keras, headlight];
}

/** Writes the features in the run's cache as arrays for Keras to train on. */
async function writeFeatures(bench: Bench, { cacheHome }: RunPlace): Promise<string> {
  const { prepared: { dataset }, spec } = await bench.prepared();
  const folder = join(bench.work, "head-features");
  Deno.mkdirSync(folder, { recursive: true });
  const assembly = new FeatureAssembly(dataset);
  for await (const batch of features({ spec, dataset, cacheRoot: join(cacheHome, "headlight") })) assembly.add(batch);
  const sets = await assembly.finish();
  for (const [part, name] of [["train", "x"], ["validation", "xv"]] as const) {
    const { rows } = sets[part];
    const array = encodeNpy({ dtype: "float32", shape: [rows.count, rows.width], data: allRows(rows) });
    Deno.writeFileSync(join(folder, `${name}.npy`), array);
    const labels = encodeNpy({ dtype: "int32", shape: [dataset[part].count], data: dataset[part].labels });
    Deno.writeFileSync(join(folder, `${name.replace("x", "y")}.npy`), labels);
  }
  return folder;
}
