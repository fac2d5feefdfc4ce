/**
 * The fault campaign: runs are interrupted at random moments and resumed, and must end like undisturbed ones.
 *
 * HEADLIGHT_FAULTS sets the number of interruptions, HEADLIGHT_FAULTS_SEED the first seed, and HEADLIGHT_FAULTS_JOBS how
 * many runs there are at the same time. HEADLIGHT_FAULTS_FAILED names a folder that takes the runs that fail. To repeat one seed: HEADLIGHT_FAULTS=1 HEADLIGHT_FAULTS_SEED=<seed>.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache } from "../process.ts";
import { needs, numberIn, withTemporaryFolder } from "../support.ts";
import { nameOf } from "./acts.ts";
import { type FaultyRun, faultyRun, type Place } from "./faulty_run.ts";
import { withoutPlannedEnd } from "./outcome.ts";
import { calmPlan, type Plan, planOf } from "./plan.ts";
import { type Scenario, writeSet } from "./scenarios.ts";

const WANTED = numberIn("HEADLIGHT_FAULTS", 40);
const FIRST_SEED = numberIn("HEADLIGHT_FAULTS_SEED", 1);
/** One more than a small machine has processors, because a run often waits for the moment of its next strike. */
const JOBS = numberIn("HEADLIGHT_FAULTS_JOBS", 3);
/** The number of interruptions after which the progress is printed. */
const SAY_EVERY = 25;
/** Without these limits, a campaign in which nothing works would never end. */
const MOST_FAILURES = 10;
const MOST_RUNS = 3 * WANTED + 10;
/** A folder for the runs that fail, to look at them. Without it, they are removed. */
const FAILED = Deno.env.get("HEADLIGHT_FAULTS_FAILED");

Deno.test({
  name: `fault campaign: after ${WANTED} interruptions at random moments, resumed runs end like undisturbed ones` +
    needs("/proc"),
  ignore: !existsSync("/proc/self/environ"),
  fn: () =>
    withTemporaryFolder(async (folder) => {
      await tensorflowEngine();
      const counts = new Map<string, number>();
      const failures: string[] = [];
      const campaign = new Campaign(folder);
      let seed = FIRST_SEED;
      let hits = 0;
      let runs = 0;
      const work = async () => {
        while (hits < WANTED && failures.length < MOST_FAILURES && runs < MOST_RUNS) {
          const plan = planOf(seed++);
          runs++;
          try {
            const { hits: more, notes } = await campaign.carryOut(plan);
            const said = Math.floor(hits / SAY_EVERY);
            hits += more;
            if (Math.floor(hits / SAY_EVERY) > said) console.log(`${hits} interruptions of ${runs} runs so far`);
            for (const name of [plan.scenario.name, ...notes]) counts.set(name, (counts.get(name) ?? 0) + 1);
          } catch (error) {
            const what = error instanceof Error ? error.message : String(error);
            failures.push(`seed ${plan.seed}, ${plan.scenario.name}, ${plan.acts.map(nameOf).join(", ")}: ${what}`);
            console.error(failures.at(-1));
            campaign.keepFailed(plan);
          }
        }
      };
      await Promise.all(Array.from({ length: Math.min(JOBS, WANTED) }, work));
      for (const [name, count] of [...counts].sort()) console.log(`${String(count).padStart(5)} ${name}`);
      console.log(`${hits} interruptions of ${runs} runs, seeds ${FIRST_SEED} to ${seed - 1}`);
      assert.deepEqual(failures, []);
      assert.ok(hits >= WANTED, `${hits} interruptions in ${runs} runs`);
    }),
});

/** The runs of a campaign. Undisturbed ones are run once for each scenario, and for each with `--from`. */
class Campaign {
  readonly #place: Place;
  readonly #undisturbed = new Map<string, Promise<FaultyRun>>();
  /** The digests of the checkpoints of all runs that train the same. */
  readonly #checkpoints = new Map<string, string>();

  constructor(folder: string) {
    const data = join(folder, "images");
    Deno.mkdirSync(data);
    writeSet(data);
    this.#place = { folder, data, sharedCache: emptyFeatureCache(join(folder, "cache")) };
  }

  /** Carries out a plan. @throws AssertionError if the run has not ended like the undisturbed one */
  async carryOut(plan: Plan): Promise<FaultyRun> {
    const { scenario, from, extension } = plan;
    const expected = await this.#undisturbedRun(scenario, from);
    const source = from ? await this.#undisturbedRun(scenario, false) : null;
    const disturbed = await faultyRun(plan, this.#place, source && source.run);
    const [outcome, wanted] = [disturbed.outcome, expected.outcome].map((one) =>
      extension ? withoutPlannedEnd(one, disturbed.isExtended) : one
    );
    assert.deepEqual(outcome, wanted);
    this.#compareCheckpoints(plan, disturbed);
    Deno.removeSync(disturbed.folder, { recursive: true });
    return disturbed;
  }

  /** Copies what a failed run has left, if a folder for that is named. */
  keepFailed({ seed }: Plan): void {
    if (FAILED === undefined) return;
    const { folder } = this.#place;
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.startsWith(`${seed}-`));
    Deno.mkdirSync(FAILED, { recursive: true });
    new Deno.Command("cp", { args: ["-a", ...left.map((name) => join(folder, name)), FAILED] }).outputSync();
  }

  /** Returns the undisturbed run of a scenario, whose folder stays, because others start from it. */
  async #undisturbedRun(scenario: Scenario, from: boolean): Promise<FaultyRun> {
    const key = `${scenario.name}, from another: ${from}`;
    const source = from ? (await this.#undisturbedRun(scenario, false)).run : null;
    const run = this.#undisturbed.get(key) ?? faultyRun(calmPlan(scenario, from), this.#place, source);
    this.#undisturbed.set(key, run);
    return await run;
  }

  /** Checkpoints of the same place must be the same in all runs, asked-for and kept ones included. */
  #compareCheckpoints({ scenario, from, extension }: Plan, { checkpoints }: FaultyRun): void {
    for (const { place, "state.json": state, ...files } of Object.values(checkpoints)) {
      // A run that stops early for lack of patience says so in its state.
      const seen = JSON.stringify(extension?.option === "patience" ? files : { ...files, state });
      const key = `${scenario.name}, from another: ${from}, ${place}, ${Object.keys(JSON.parse(seen))}`;
      const known = this.#checkpoints.get(key) ?? seen;
      this.#checkpoints.set(key, known);
      assert.equal(seen, known, `the checkpoint at ${place} differs from that of an earlier run`);
    }
  }
}
