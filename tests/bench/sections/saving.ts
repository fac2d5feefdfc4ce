/** Measures what saving costs a training with a large head: the time of an epoch with the checkpoints of a run. */
import { alternate, type Contender } from "../alternate.ts";
import type { Section } from "../bench.ts";
import { runDeno } from "../children.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure, withRatios } from "../measures.ts";
import { median, medianInterval, pairedRatios } from "../numbers.ts";
import { savingResultSchema } from "../saving_child.ts";

const HIDDEN = 2000;
/** Half a minute, in which `last` is saved a few times. */
const EPOCHS = 200;
const QUICK = { epochs: 4, everyMs: 100 };
/** The interval of a ratio needs more pairs than the other sections take. */
const LEAST_PAIRS = 10;
const WITHOUT = "no checkpoints";
const WITH = "the checkpoints of a run";
const EPOCH = "time per epoch with validation";

export const savingSection: Section = {
  name: "saving",
  title: `What saving costs a head with ${HIDDEN} hidden units`,
  long: true,
  async run(bench) {
    const { prepared: { engine } } = await bench.prepared();
    const { epochs, everyMs } = bench.options.quick ? QUICK : { epochs: EPOCHS, everyMs: null };
    const trained = async (saves: boolean) => {
      const folder = Deno.makeTempDirSync({ dir: bench.work, prefix: "saving-" });
      const request = { engine, folder, hidden: HIDDEN, epochs, everyMs, saves };
      const { result } = await runDeno("saving_child.ts", request, savingResultSchema);
      Deno.removeSync(folder, { recursive: true });
      return result;
    };
    const contenders: Contender<Awaited<ReturnType<typeof trained>>>[] = [
      { name: WITHOUT, sample: () => trained(false) },
      { name: WITH, sample: () => trained(true) },
    ];
    const pairs = bench.options.quick ? 1 : Math.max(LEAST_PAIRS, bench.options.pairs);
    const samples = await alternate(contenders, pairs, (name, round) => bench.say(`saving: ${name}, ${round}`));
    const [without = [], saving = []] = [samples.get(WITHOUT), samples.get(WITH)];
    const [slower, plain] = [saving, without].map((taken) => taken.map(({ epochMs }) => epochMs));
    const ratios = pairedRatios(slower ?? [], plain ?? []);
    const [low, high] = medianInterval(ratios);
    const [first] = saving;
    return {
      measures: withRatios([
        measure(EPOCH, WITHOUT, "ms", plain ?? []),
        measure(EPOCH, WITH, "ms", slower ?? []),
        measure("one checkpoint, read and written", WITH, "ms", saving.map(({ saveMs, saved }) => saveMs / saved)),
      ], WITHOUT),
      checks: [judge(LIMITS.saving, median(ratios))],
      notes: [
        `The median ratio of ${pairs} pairs is ${median(ratios).toFixed(3)}, with a 95 % interval of ${
          low.toFixed(3)
        } to ${high.toFixed(3)}. A training of ${epochs} epochs wrote ${first?.saved ?? 0} checkpoints.`,
        "No epoch after the first is better than it. Each better epoch would write one checkpoint more.",
      ],
    };
  },
};
