/** Measures what 50 viewers cost a trainer, half of which never read: its processor time against that without viewers. */
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { runOptionsSchema } from "../../../src/config.ts";
import { PROJECT_ROOT } from "../../../src/paths.ts";
import { attach } from "../../../src/run/control/attach.ts";
import type { RunConnection } from "../../../src/run/control/connection.ts";
import { createRunDirectory, type RunDirectory } from "../../../src/run/folder/directory.ts";
import { writeRunConfig } from "../../../src/run/folder/run_config.ts";
import { describeMachine, describeVersions } from "../../../src/run/machine.ts";
import { custodyOf } from "../../../src/run/owner/custody.ts";
import { alternate, type Contender } from "../alternate.ts";
import type { Section } from "../bench.ts";
import { LIMITS } from "../limits.ts";
import { judge, measure, withRatios } from "../measures.ts";
import { median, medianInterval, pairedRatios } from "../numbers.ts";
import { deafViewer } from "../../run/control/deaf_viewer.ts";

const READERS = 25;
const DEAF = 25;
/** About ten seconds, a thousand events. */
const EPOCHS = 400;
/** The interval of a ratio needs more pairs than the other sections take. */
const LEAST_PAIRS = 20;
const ALONE = "no viewer";
const CROWD = `${READERS + DEAF} viewers, ${DEAF} of which never read`;

export const viewersSection: Section = {
  name: "viewers",
  title: "What viewers cost the trainer",
  long: true,
  async run(bench) {
    const place = bench.place("viewers");
    const trained = (viewers: boolean) => trainOnce(place, bench.options.quick ? 20 : EPOCHS, viewers);
    bench.say("viewers: once to warm up");
    await trained(false);
    const contenders: Contender<number>[] = [
      { name: ALONE, sample: () => trained(false) },
      { name: CROWD, sample: () => trained(true) },
    ];
    const pairs = bench.options.quick ? 1 : Math.max(LEAST_PAIRS, bench.options.pairs);
    const samples = await alternate(contenders, pairs, (name, round) => bench.say(`viewers: ${name}, ${round}`));
    const [alone = [], crowd = []] = [samples.get(ALONE), samples.get(CROWD)];
    const ratios = pairedRatios(crowd, alone);
    const [low, high] = medianInterval(ratios);
    return {
      measures: withRatios(
        [
          measure("processor time of the trainer", ALONE, "s", alone),
          measure("processor time of the trainer", CROWD, "s", crowd),
        ],
        ALONE,
      ),
      checks: [judge(LIMITS.viewers, median(ratios))],
      notes: [
        `The median ratio of ${pairs} pairs is ${median(ratios).toFixed(3)}, with a 95 % interval of ${
          low.toFixed(3)
        } to ${high.toFixed(3)}.`,
        "The head of a small network on cached features, the demo set at 64 pixels: many events a second.",
      ],
    };
  },
};

/** Trains once. Returns the processor time of the trainer process, in seconds. */
async function trainOnce(
  { cacheHome, runs }: { readonly cacheHome: string; readonly runs: string },
  epochs: number,
  viewers: boolean,
): Promise<number> {
  const run = newRun(runs, epochs);
  const trainer = new Deno.Command("bash", {
    // The shell's own keyword waits for the trainer and prints its processor time with that of its children.
    args: ["-c", 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>/dev/null', "bash", Deno.execPath(), ...trainerWords(run)],
    cwd: PROJECT_ROOT,
    env: { XDG_CACHE_HOME: cacheHome },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const done = trainer.output();
  const crowd = viewers ? await crowdOf(run) : { readers: [], deaf: [] };
  const { success, stderr } = await done;
  await Promise.all(crowd.readers);
  for (const socket of crowd.deaf) socket.destroy();
  const [user = NaN, system = NaN] = new TextDecoder().decode(stderr).trim().split(" ").map(Number);
  if (!success) throw new HeadlightError(`the trainer of ${run.path} failed`, 1);
  return user + system;
}

function trainerWords(run: RunDirectory): string[] {
  const entry = join(PROJECT_ROOT, "src", "run", "trainer_main.ts");
  return ["run", "-A", "--quiet", "--no-lock", "--config", join(PROJECT_ROOT, "deno.json"), entry, run.path];
}

function newRun(runs: string, epochs: number): RunDirectory {
  const run = createRunDirectory(runs, "viewers");
  const network = { data: "demo", base: "squeezenet11", weights: "random", size: 64 };
  writeRunConfig(run.config, {
    version: 1,
    created: new Date().toISOString(),
    options: runOptionsSchema.parse({ ...network, epochs, patience: epochs, runs }),
    resolved: null,
    notices: [],
    machine: describeMachine(),
    versions: describeVersions(),
    repeat: null,
  });
  return run;
}

/** Connects the viewers. */
async function crowdOf(run: RunDirectory) {
  const trainerMayCome = () => true;
  const connections = await Promise.all(
    Array.from(
      { length: READERS },
      () => attach(run, { role: "viewer", stopOnLoss: false, since: "start", trainerMayCome }),
    ),
  );
  const custody = custodyOf(run);
  if (custody.kind !== "owned" || custody.owner === null) throw new HeadlightError("the trainer is gone", 1);
  const { socket } = custody.owner;
  return { readers: connections.map(readAll), deaf: Array.from({ length: DEAF }, () => deafViewer(socket)) };
}

async function readAll(connection: RunConnection): Promise<void> {
  for await (const _ of connection.events) continue;
  await connection.close("detach");
}
