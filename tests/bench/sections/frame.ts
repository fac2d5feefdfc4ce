/** Measures the cost of drawing a frame, by the size of the screen. */
import { join } from "node:path";
import { PROJECT_ROOT } from "../../../src/paths.ts";
import { alternate } from "../alternate.ts";
import type { Section } from "../bench.ts";
import { runDeno } from "../children.ts";
import { frameResultSchema } from "../frame_child.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure, medianOf } from "../measures.ts";

const WHAT = "processor time per frame";
const LARGE = "training, 500 epochs, 200×50";
const FIXTURES = join(PROJECT_ROOT, "tests", "fixtures", "runs");

const CASES = [
  { name: "extracting, 80×24", stream: "extracting", epochs: 0, columns: 80, rows: 24 },
  { name: "extracting, 200×50", stream: "extracting", epochs: 0, columns: 200, rows: 50 },
  { name: "training, 26 epochs, 80×24", stream: "lesson", epochs: 26, columns: 80, rows: 24 },
  { name: LARGE, stream: "overfit", epochs: 500, columns: 200, rows: 50 },
] as const;

export const frameSection: Section = {
  name: "frame",
  title: "Cost of drawing",
  async run(bench) {
    const frames = bench.options.quick ? 20 : 200;
    const contenders = CASES.map(({ name, stream, ...size }) => ({
      name,
      sample: async () => {
        const request = { ...size, stream: join(FIXTURES, `${stream}.jsonl`), frames };
        // A viewer runs without the extractor's memory settings, and its terminal has colours.
        return (await runDeno("frame_child.ts", request, frameResultSchema, {
          env: { GLIBC_TUNABLES: "", FORCE_COLOR: "3" },
        })).result;
      },
    }));
    const rounds = bench.options.quick ? 1 : bench.options.pairs;
    const samples = await alternate(contenders, rounds, (name, round) => bench.say(`frame: ${name}, ${round}`));
    const measures = [...samples].flatMap(([of, taken]) => [
      measure(WHAT, of, "ms", taken.map(({ msPerFrame }) => msPerFrame)),
      measure("bytes per frame", of, "bytes", taken.map(({ bytesPerFrame }) => bytesPerFrame)),
    ]);
    return {
      measures,
      checks: [judge(LIMITS.frame, medianOf(measures, WHAT, LARGE))],
      notes: [
        "The dashboard of recorded runs, drawn without output. Each frame shows new progress. The time is that of all " +
        "threads, after 200 frames to warm up.",
      ],
    };
  },
};
