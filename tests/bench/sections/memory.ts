/** Measures the peak memory of the lesson's run: all its processes together, with shared pages counted once. */
import { alternate, type Contender } from "../alternate.ts";
import type { EngineKind, Precision } from "../../../src/config.ts";
import { type Section, weightsNote } from "../bench.ts";
import { runPython } from "../children.ts";
import { CONFIGURATIONS, nameOf } from "../configurations.ts";
import { runHeadlight } from "../headlight_run.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure, medianOf, over, withRatios } from "../measures.ts";
import { kerasEpochsSchema } from "./head.ts";

const KERAS = "Keras";
const PEAK = "peak memory";
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
    const headlight = CONFIGURATIONS.map((configuration): Contender<number> => ({
      name: nameOf(configuration),
      sample: async () => {
        const place = bench.place(`memory-${++number}`);
        return (await runHeadlight(await bench.lesson(configuration), place, { watchMemory: true })).peakBytes ?? NaN;
      },
    }));
    const samples = await alternate(
      python === null ? headlight : [keras, ...headlight],
      Math.min(bench.options.pairs, MOST_ROUNDS),
      (name, round) => bench.say(`memory: ${name}, ${round}`),
    );
    const measures = [...samples].map(([of, taken]) => measure(PEAK, of, "bytes", taken));
    const peakOf = (precision: Precision, engine: EngineKind = "tensorflow") =>
      medianOf(measures, PEAK, nameOf({ engine, precision }));
    const ratioOf = (precision: Precision) => over(peakOf(precision), medianOf(measures, PEAK, KERAS));
    const openvinoOf = (precision: Precision) => over(peakOf(precision, "openvino"), peakOf(precision));
    return {
      measures: withRatios(measures, KERAS),
      checks: [
        judge(LIMITS.memoryFloat32, ratioOf("float32")),
        judge(LIMITS.memoryBfloat16, ratioOf("bfloat16")),
        judge(LIMITS.memoryOpenvinoFloat32, openvinoOf("float32")),
        judge(LIMITS.memoryOpenvinoBfloat16, openvinoOf("bfloat16")),
      ],
      notes: [
        weightsNote(),
        "Headlight: very first run, without a terminal. Keras: one epoch. Sampled five times a second.",
      ],
    };
  },
};
