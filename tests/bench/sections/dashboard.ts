/** Measures what the dashboard costs during extraction: its processor time, and the extraction with and without it. */
import { alternate, type Contender } from "../alternate.ts";
import { forgetFeatures, type Section } from "../bench.ts";
import { runHeadlight } from "../headlight_run.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure } from "../measures.ts";
import { median, pairedRatios } from "../numbers.ts";
import { runInTerminal, type TerminalRun } from "../terminal_run.ts";

const PAIRS = 5;
const SMALL = { columns: 80, rows: 24 };
const LARGE = { columns: 200, rows: 50 };
const WITH = "with the dashboard, 80×24";
const WITHOUT = "without the dashboard";

export const dashboardSection: Section = {
  name: "dashboard",
  title: "The dashboard's cost while extracting",
  async run(bench) {
    const place = bench.place("dashboard");
    const args = await bench.lesson({ epochs: 1 });
    const rounds = bench.options.quick ? 1 : PAIRS;
    // The graph and the index of files must exist before the clock runs.
    bench.say("dashboard: once to warm up");
    await runHeadlight(args, place);
    const inTerminal = async (size: typeof SMALL): Promise<TerminalRun> => {
      forgetFeatures(place);
      return await runInTerminal(args, place, size);
    };
    const without: Contender<TerminalRun> = {
      name: WITHOUT,
      sample: async () => {
        forgetFeatures(place);
        return { extractSeconds: (await runHeadlight(args, place)).seconds.extract, dashboardMsPerSecond: null };
      },
    };
    const pair = [{ name: WITH, sample: () => inTerminal(SMALL) }, without];
    const say = (name: string, round: number) => bench.say(`dashboard: ${name}, ${round} of ${rounds}`);
    const samples = await alternate(pair, rounds, say);
    const large = await alternate([{ name: "200×50", sample: () => inTerminal(LARGE) }], 1, say);
    const seconds = (name: string) => (samples.get(name) ?? []).map(({ extractSeconds }) => extractSeconds);
    const costs = (taken: readonly TerminalRun[]) =>
      taken.flatMap(({ dashboardMsPerSecond: cost }) => (cost === null ? [] : [cost]));
    const [small, big] = [costs(samples.get(WITH) ?? []), costs(large.get("200×50") ?? [])];
    const ratios = pairedRatios(seconds(WITH), seconds(WITHOUT));
    return {
      measures: [
        ...(small.length > 0 ? [measure("dashboard's processor time", "80×24", "ms/s", small)] : []),
        ...(big.length > 0 ? [measure("dashboard's processor time", "200×50", "ms/s", big)] : []),
        measure("extraction time", WITH, "s", seconds(WITH)),
        measure("extraction time", WITHOUT, "s", seconds(WITHOUT)),
        measure("extraction time, ratio of each pair", "with relative to without", "ratio", ratios),
      ],
      checks: [
        judge(LIMITS.dashboardSmall, small.length > 0 ? median(small) : null),
        judge(LIMITS.dashboardLarge, big.length > 0 ? median(big) : null),
        judge(LIMITS.dashboardSlowdown, Math.abs(median(ratios) - 1)),
      ],
      notes: [
        "Without the dashboard, a --json viewer reads the events. With it, a pseudo-terminal is read but not drawn.",
        "Processor time: all threads of the viewer's process, from the end of the first batch to the end of the last.",
      ],
    };
  },
};
