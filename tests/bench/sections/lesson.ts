/**
 * Measures the lesson's whole run from process start to end. Keras passes all images through the base in every epoch,
 * Headlight once or not at all.
 */
import type { EngineKind, Precision } from "../../../src/config.ts";
import { alternate, type Contender } from "../alternate.ts";
import { type Bench, forgetFeatures, type Section, weightsNote } from "../bench.ts";
import { runPython } from "../children.ts";
import { type Configuration, CONFIGURATIONS, nameOf } from "../configurations.ts";
import { runHeadlight } from "../headlight_run.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure, medianOf, over, withRatios } from "../measures.ts";
import type { Measure } from "../report_schema.ts";
import { kerasEpochsSchema } from "./head.ts";

const KERAS = "Keras";
const USUAL: Configuration = { engine: "tensorflow", precision: "float32" };
/** The number of epochs over which Keras is timed. */
const KERAS_EPOCHS = 2;
const FIRST = "very first run";
const KEPT = "no features cached";
const WARM = "features cached";

/** Seconds by the state of the cache. Keras has only one kind of run. */
type Sample = Readonly<Record<typeof FIRST | typeof KEPT | typeof WARM, number>>;

export const lessonSection: Section = {
  name: "lesson",
  title: "The lesson's run from process start to end",
  async run(bench) {
    const samples = await alternate(
      await contendersOf(bench),
      bench.options.pairs,
      (name, round) => bench.say(`lesson: ${name}, ${round} of ${bench.options.pairs}`),
    );
    const measures = [...samples].flatMap(([of, taken]): Measure[] =>
      [FIRST, KEPT, WARM].map((kind) => measure(kind, of, "s", taken.map((sample) => sample[kind as keyof Sample])))
    );
    const share = (kind: string, precision: Precision, engine: EngineKind = "tensorflow") =>
      over(medianOf(measures, kind, nameOf({ engine, precision })), medianOf(measures, kind, KERAS));
    const { describedAs } = await bench.images();
    return {
      measures: withRatios(measures, KERAS),
      checks: [
        judge(LIMITS.lessonFloat32, share(KEPT, "float32")),
        judge(LIMITS.lessonBfloat16, share(KEPT, "bfloat16")),
        judge(LIMITS.lessonOpenvinoBfloat16, share(KEPT, "bfloat16", "openvino")),
        judge(LIMITS.lessonFirst, share(FIRST, "float32")),
        judge(LIMITS.lessonWarm, share(WARM, "float32")),
        judge(LIMITS.lessonWarmSeconds, medianOf(measures, WARM, nameOf(USUAL))),
      ],
      notes: [
        `${describedAs}, ${bench.epochs} epochs. ${weightsNote()}`,
        `Keras is timed over ${KERAS_EPOCHS} epochs, and its second one is added ${
          bench.epochs - KERAS_EPOCHS
        } times more. ` +
        "It keeps nothing between runs, so its time is the same for all three kinds.",
        "The very first run has only engine and base in its cache. The second has no features, the third has everything.",
      ],
    };
  },
};

async function contendersOf(bench: Bench): Promise<Contender<Sample>[]> {
  const { spec: { size, weights } } = await bench.prepared();
  const python = await bench.python();
  const { folder } = await bench.images();
  const keras: Contender<Sample> = {
    name: KERAS,
    sample: async () => {
      const request = { size, weights: weights.path, folder, epochs: KERAS_EPOCHS, verbose: 0 };
      const { result: { epochSeconds }, wallSeconds } = await runPython(
        python ?? "",
        "lesson.py",
        request,
        kerasEpochsSchema,
      );
      const seconds = wallSeconds + (bench.epochs - KERAS_EPOCHS) * (epochSeconds.at(-1) ?? 0);
      return { [FIRST]: seconds, [KEPT]: seconds, [WARM]: seconds };
    },
  };
  let number = 0;
  const headlight = CONFIGURATIONS.map((configuration): Contender<Sample> => ({
    name: nameOf(configuration),
    sample: async () => {
      const place = bench.place(`lesson-${++number}`);
      const args = await bench.lesson(configuration);
      const first = await runHeadlight(args, place);
      forgetFeatures(place);
      const kept = await runHeadlight(args, place);
      const warm = await runHeadlight(args, place);
      return { [FIRST]: first.wallSeconds, [KEPT]: kept.wallSeconds, [WARM]: warm.wallSeconds };
    },
  }));
  return python === null ? headlight : [keras, ...headlight];
}
