/** What the dashboard writes to its terminal, and how soon it answers a key, while a head trains. */
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

/** Ten epochs a second and more: 300 images of the demo set, which is drawn by code. */
const ARGS = [
  ...["--data", "demo", "--base", "squeezenet11", "--weights", "random", "--size", "64"],
  ...["--epochs", "100000", "--patience", "100000"],
];
/** In the title of a chart with an epoch. */
const TRAINING = "━ val 0.";
const PAUSED = "p resume";

export const wireSection: Section = {
  name: "wire",
  title: "What is written to the terminal, while training",
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
        const training = measure("written a second", of, "bytes", await terminal.bytesASecond(quick ? 5 : SECONDS));
        const keys = measure("key to screen", of, "ms", await helpLatencies(terminal, quick ? 5 : PRESSES));
        terminal.press("p");
        await terminal.until(PAUSED);
        // The images under way and the message about the pause are through.
        await terminal.bytesASecond(15);
        const idle = measure("written a second, paused", of, "bytes", await terminal.bytesASecond(quick ? 2 : 10));
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
        "a head on SqueezeNet's features of the demo set, an epoch in a tenth of a second and less; 24-bit colours",
        `keys: the help is opened ${PRESSES} times; from the key's byte to the bytes that show the help's text`,
      ],
    };
  },
};
