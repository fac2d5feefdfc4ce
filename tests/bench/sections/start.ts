/** Measures the time from start to first frame, for which a person waits. */
import { alternate, type Contender } from "../alternate.ts";
import type { Section } from "../bench.ts";
import { headlightFirstFrameMs, kerasFirstLineMs } from "../first_frame.ts";
import { measure, withRatios } from "../measures.ts";

const KERAS = "Keras, fit's first line";
/** At least this many rounds, because the samples take only seconds but vary. */
const LEAST_ROUNDS = 5;

export const startSection: Section = {
  name: "start",
  title: "Start to first frame",
  async run(bench) {
    const { options } = bench;
    const { spec: { size, weights } } = await bench.prepared();
    const { folder } = await bench.images();
    const python = await bench.python();
    const place = bench.place("start");
    const args = await bench.lesson({ epochs: 1 });
    const headlight: Contender<number> = { name: "Headlight", sample: () => headlightFirstFrameMs(args, place) };
    const keras: Contender<number> = {
      name: KERAS,
      sample: () => kerasFirstLineMs(python ?? "", { size, weights: weights.path, folder, epochs: 2, verbose: 1 }),
    };
    const samples = await alternate(
      python === null ? [headlight] : [keras, headlight],
      options.quick ? 1 : Math.max(options.pairs, LEAST_ROUNDS),
      (name, round) => bench.say(`start: ${name}, ${round}`),
    );
    const measures = [...samples].map(([of, taken]) => measure("start to first frame", of, "ms", taken));
    return {
      measures: withRatios(measures, KERAS),
      checks: [],
      notes: [
        "Headlight: `deno task train` to a drawn screen of 200×50. Keras: Python's start to the line `Epoch 1/2`.",
      ],
    };
  },
};
