/** Tests whole runs on a machine with GPUs, with a stand-in for NVIDIA's library. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readEvents } from "../../src/run/log/event_log.ts";
import { tensorflowEngine } from "../engine.ts";
import { CAN_STAND_IN, STAND_INS_NEED } from "../engine/cuda/stand_ins.ts";
import { eventually, isAlive } from "../process.ts";
import { needs } from "../support.ts";
import { type GpuTrainer, withGpuTrainer } from "./gpu_trainer.ts";

await tensorflowEngine();

/** Returns the latest system event of the only run. */
function latest(runs: string) {
  const [entry] = [...Deno.readDirSync(runs)];
  const events = entry ? readEvents(join(runs, entry.name, "events.jsonl")) : [];
  return events.filter((event) => event.type === "system").at(-1);
}

function gpuRunTest(name: string, env: Record<string, string>, body: (trainer: GpuTrainer) => Promise<void>): void {
  Deno.test({
    name: CAN_STAND_IN ? name : name + needs(STAND_INS_NEED),
    ignore: !CAN_STAND_IN,
    fn: () => withGpuTrainer(env, body),
  });
}

gpuRunTest("a run's log has the figures of its machine's GPUs, and none is marked while the processor computes", {
  FAKE_NVML_GPUS: "2",
}, async ({ process, reporter, runs }) => {
  await eventually("GPUs in the log", () => latest(runs)?.gpus.length === 2, 30_000);
  const gpu = {
    name: "Fake A100",
    utilization_percent: 97,
    memory_used_bytes: 2 * 1024 ** 3,
    memory_total_bytes: 8 * 1024 ** 3,
    temperature_celsius: 64,
    power_watts: 387.51,
    used: false,
  };
  assert.deepEqual(latest(runs)?.gpus, [gpu, gpu]);
  process.kill("SIGTERM");
  assert.equal((await process.status).code, 143);
  await eventually("the end of the process that reads the GPUs", () => !isAlive(reporter), 5000);
});

gpuRunTest("a trainer that is killed with SIGKILL leaves no process that reads GPUs", {}, async (trainer) => {
  await eventually("GPUs in the log", () => latest(trainer.runs)?.gpus.length === 1, 30_000);
  trainer.process.kill("SIGKILL");
  await eventually("the end of the process that reads the GPUs", () => !isAlive(trainer.reporter), 5000);
});

gpuRunTest(
  "a driver that hangs delays neither a run's training nor its end",
  { FAKE_NVML_INIT: "hang" },
  async (trainer) => {
    const { process, reporter, runs } = trainer;
    const epochs = () => {
      const [entry] = [...Deno.readDirSync(runs)];
      return entry
        ? readEvents(join(runs, entry.name, "events.jsonl")).filter(({ type }) => type === "epoch").length
        : 0;
    };
    await eventually("epochs", () => epochs() > 3, 60_000);
    assert.ok(isAlive(reporter));
    process.kill("SIGTERM");
    assert.equal((await process.status).code, 143);
    await eventually("the end of the process that reads the GPUs", () => !isAlive(reporter), 5000);
  },
);
