/** Training the lesson's networks from scratch: Headlight's real run against Keras's `fit` on the same images. */
import { alternate, type Contender } from "../alternate.ts";
import type { Bench, Section } from "../bench.ts";
import { runPython } from "../children.ts";
import { runHeadlight } from "../headlight_run.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure, medianOf, over, withRatios } from "../measures.ts";
import { median } from "../numbers.ts";
import type { Check, Measure } from "../report_schema.ts";
import { kerasEpochsSchema } from "./head.ts";

const KERAS = "Keras fit";
const HEADLIGHT = "Headlight";
const EPOCHS = 6;
const QUICK_EPOCHS = 3;
/** The first compiles, traces and warms up. */
const FIRST_COUNTED = 1;

const NETWORKS = [
  { network: "lesson-cnn", limit: LIMITS.scratchEpoch },
  { network: "lesson-cnn-plain", limit: LIMITS.scratchPlainEpoch },
] as const;

export const scratchSection: Section = {
  name: "scratch",
  title: "Training from scratch",
  async run(bench) {
    const measures: Measure[] = [];
    const checks: Check[] = [];
    for (const { network, limit } of NETWORKS) {
      const samples = await alternate(
        await contendersOf(bench, network),
        bench.options.pairs,
        (name, round) => bench.say(`scratch: ${network}, ${name}, ${round} of ${bench.options.pairs}`),
      );
      const quantity = `an epoch of ${network}, validation included`;
      const found = [...samples].map(([of, taken]) =>
        measure(quantity, of, "ms", taken.map((epochs) => median(epochs.slice(FIRST_COUNTED)) * 1000))
      );
      measures.push(...found);
      checks.push(judge(limit, over(medianOf(found, quantity, HEADLIGHT), medianOf(found, quantity, KERAS))));
    }
    const { describedAs } = await bench.images();
    return {
      measures: withRatios(measures, KERAS),
      checks,
      notes: [`${describedAs}, ${epochsOf(bench)} epochs; a sample is the median of a run's epochs from the second on`],
    };
  },
};

function epochsOf({ options: { quick } }: Bench): number {
  return quick ? QUICK_EPOCHS : EPOCHS;
}

/** The seconds of a run's epochs. */
async function contendersOf(bench: Bench, network: string): Promise<Contender<readonly number[]>[]> {
  const { folder } = await bench.images();
  const python = await bench.python();
  const epochs = epochsOf(bench);
  const place = bench.place(network);
  const args = ["--data", folder, "--base", network, "--epochs", String(epochs), "--patience", "1000"];
  const headlight: Contender<readonly number[]> = {
    name: HEADLIGHT,
    sample: async () => (await runHeadlight(args, place)).epochSeconds,
  };
  if (python === null) return [headlight];
  const keras: Contender<readonly number[]> = {
    name: KERAS,
    sample: async () => {
      const request = { folder, network, epochs };
      return (await runPython(python, "scratch.py", request, kerasEpochsSchema)).result.epochSeconds;
    },
  };
  return [keras, headlight];
}
