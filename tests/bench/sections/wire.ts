/** Measures what the dashboard writes to its terminal, and how soon it answers a key, while a head trains. */
import type { Section } from "../bench.ts";
import { helpLatencies, stopped } from "../key_latency.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure } from "../measures.ts";
import { trainInTerminal } from "../terminal_run.ts";
import { WatchedTerminal } from "../watched_terminal.ts";

const SECONDS = 40;
const PRESSES = 50;
const SIZES = [
  { columns: 80, rows: 24, bytes: LIMITS.wireSmall, key: LIMITS.keyTrainingSmall },
  { columns: 200, rows: 50, bytes: LIMITS.wireLarge, key: LIMITS.keyTrainingLarge },
] as const;

/** Ten epochs per second or more, on the small demo set. */
const ARGS = [
  ...["--data", "demo", "--base", "squeezenet11", "--weights", "random", "--size", "64"],
  ...["--epochs", "100000", "--patience", "100000"],
];
/** A text in the title of a chart that has an epoch. */
const TRAINING = "━ val 0.";
const PAUSED = "p resume";

export const wireSection: Section = {
  name: "wire",
  title: "Output to the terminal during training",
  async run(bench) {
    const place = bench.place("wire");
    const { quick } = bench.options;
    const measures = [];
    const checks = [];
    for (const { bytes, key, ...size } of SIZES) {
      const of = `${size.columns}×${size.rows}`;
      bench.say(`wire: ${of}`);
      const terminal = new WatchedTerminal(trainInTerminal(ARGS, place, size, { COLORTERM: "truecolor" }), size);
      try {
        await terminal.until(TRAINING);
        const training = measure("bytes per second", of, "bytes", await terminal.bytesASecond(quick ? 5 : SECONDS));
        const keys = measure("time from key to screen", of, "ms", await helpLatencies(terminal, quick ? 5 : PRESSES));
        terminal.press("p");
        await terminal.until(PAUSED);
        // By then the pending images and the message about the pause have been written.
        await terminal.bytesASecond(15);
        const idle = measure("bytes per second, paused", of, "bytes", await terminal.bytesASecond(quick ? 2 : 10));
        measures.push(training, keys, idle);
        checks.push(
          judge(bytes, training.median),
          judge(LIMITS.wireMost, Math.max(...training.samples)),
          judge(LIMITS.wireIdle, idle.median),
          judge(key, keys.median),
        );
      } finally {
        await stopped(terminal);
      }
    }
    return {
      measures,
      checks,
      notes: [
        "A head on SqueezeNet's features of the demo set, at most a tenth of a second per epoch, in 24-bit colours.",
        `Keys: the help is opened ${PRESSES} times. The time runs from the key's byte to the help's text.`,
      ],
    };
  },
};
