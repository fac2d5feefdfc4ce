/** Measures how soon a key is answered on the screen while DenseNet121 extracts on all cores. */
import { forgetFeatures, type Section } from "../bench.ts";
import { runHeadlight } from "../headlight_run.ts";
import { keyLatencies } from "../key_latency.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure } from "../measures.ts";
import { median } from "../numbers.ts";

const PRESSES = 50;
const SIZES = [{ columns: 80, rows: 24 }, { columns: 200, rows: 50 }] as const;

export const keysSection: Section = {
  name: "keys",
  title: "Time from a key to the screen during extraction",
  async run(bench) {
    const place = bench.place("keys");
    const args = await bench.lesson({ epochs: 1 });
    // The base's graph must exist before the first key is pressed.
    bench.say("keys: once to warm up");
    await runHeadlight(args, place);
    const measures = [];
    for (const size of SIZES) {
      const of = `${size.columns}×${size.rows}`;
      bench.say(`keys: ${of}`);
      forgetFeatures(place);
      measures.push(
        measure(
          "time from key to screen",
          of,
          "ms",
          await keyLatencies(args, place, size, bench.options.quick ? 5 : PRESSES),
        ),
      );
    }
    return {
      measures,
      checks: [judge(LIMITS.keyToScreen, median(measures.map(({ median: middle }) => middle)))],
      notes: [
        `The help is opened ${PRESSES} times. The time runs from writing the key's byte to reading the help's text.`,
      ],
    };
  },
};
