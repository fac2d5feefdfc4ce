/**
 * The fault campaign: runs are interrupted at random moments and resumed, and must end like undisturbed ones.
 *
 * HEADLIGHT_FAULTS sets the number of interruptions, HEADLIGHT_FAULTS_SEED the first seed, and HEADLIGHT_FAULTS_JOBS how
 * many runs there are at the same time. To repeat one seed: HEADLIGHT_FAULTS=1 HEADLIGHT_FAULTS_SEED=<seed>.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache } from "../process.ts";
import { needs, withTemporaryFolder } from "../support.ts";
import { faultyRun, type Place, undisturbed } from "./faulty_run.ts";
import type { RunOutcome } from "./outcome.ts";
import { nameOf, type Plan, planOf } from "./plan.ts";
import { type Scenario, writeSet } from "./scenarios.ts";

function numberIn(variable: string, otherwise: number): number {
  return Number(Deno.env.get(variable) ?? otherwise);
}

const WANTED = numberIn("HEADLIGHT_FAULTS", 40);
const FIRST_SEED = numberIn("HEADLIGHT_FAULTS_SEED", 1);
const JOBS = numberIn("HEADLIGHT_FAULTS_JOBS", 2);
/** Without these limits, a campaign in which nothing works would never end. */
const MOST_FAILURES = 10;
const MOST_RUNS = 3 * WANTED + 10;

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
            const { hits: names, notes } = await campaign.carryOut(plan);
            const hundreds = Math.floor(hits / 100);
            hits += names.length;
            if (Math.floor(hits / 100) > hundreds) console.log(`${hits} interruptions of ${runs} runs so far`);
            for (const name of [plan.scenario.name, ...names, ...notes]) counts.set(name, (counts.get(name) ?? 0) + 1);
          } catch (error) {
            const what = error instanceof Error ? error.message : String(error);
            failures.push(`seed ${plan.seed}, ${plan.scenario.name}, ${plan.strikes.map(nameOf).join(", ")}: ${what}`);
            console.error(failures.at(-1));
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

/** The runs of a campaign. Undisturbed ones are run once for each scenario. */
class Campaign {
  readonly #place: Place;
  readonly #undisturbed = new Map<Scenario, Promise<RunOutcome>>();

  constructor(folder: string) {
    const data = join(folder, "images");
    Deno.mkdirSync(data);
    writeSet(data);
    this.#place = { folder, data, sharedCache: emptyFeatureCache(join(folder, "cache")) };
  }

  /** Carries out a plan. @throws AssertionError if the run has not ended like the undisturbed one */
  async carryOut(plan: Plan) {
    const { scenario } = plan;
    const wanted = this.#undisturbed.get(scenario) ?? undisturbed(scenario, this.#place);
    this.#undisturbed.set(scenario, wanted);
    const expected = await wanted;
    const run = await faultyRun(plan, this.#place);
    assert.deepEqual(run.outcome, expected);
    return run;
  }
}
