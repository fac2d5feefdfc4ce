/** Measures the peak memory of the lesson's run: all its processes together, with shared pages counted once. */
import { alternate, type Contender } from "../alternate.ts";
import { type Section } from "../bench.ts";
import { runPython } from "../children.ts";
import { PRECISIONS } from "../precisions.ts";
import { runHeadlight } from "../headlight_run.ts";
import { measure, withRatios } from "../measures.ts";
import { kerasEpochsSchema } from "./head.ts";

const KERAS = "Keras";
/** Two rounds are enough, since each takes a minute and the samples hardly differ. */
const MOST_ROUNDS = 2;

export const memorySection: Section = {
  name: "memory",
  title: "Peak memory of the lesson's run (PSS of the process tree)",
  async run(bench) {
    const { spec: { size, weights } } = await bench.prepared();
    const { folder } = await bench.images();
    const python = await bench.python();
    const keras: Contender<number> = {
      name: KERAS,
      sample: async () => {
        const request = { size, weights: weights.path, folder, epochs: 1, verbose: 0 };
        return (await runPython(python ?? "", "lesson.py", request, kerasEpochsSchema, { watchMemory: true }))
          .peakBytes ?? NaN;
      },
    };
    let number = 0;
    const headlight = PRECISIONS.map((precision): Contender<number> => ({
      name: `Headlight, ${precision}`,
      sample: async () => {
        const place = bench.place(`memory-${++number}`);
        return (await runHeadlight(await bench.lesson({ precision }), place, { watchMemory: true })).peakBytes ?? NaN;
      },
    }));
    const samples = await alternate(
      python === null ? headlight : [keras, ...headlight],
      Math.min(bench.options.pairs, MOST_ROUNDS),
      (name, round) => bench.say(`memory: ${name}, ${round}`),
    );
    const measures = [...samples].map(([of, taken]) => measure("peak memory", of, "bytes", taken));
    return {
      measures: withRatios(measures, KERAS),
      checks: [],
      notes: ["Headlight: very first run, without a terminal. Keras: one epoch. Sampled five times a second."],
    };
  },
};
