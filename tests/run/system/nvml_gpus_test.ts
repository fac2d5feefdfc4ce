/** Tests the process that reads GPUs from libnvidia-ml, with stand-ins for the library, in real processes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../../src/paths.ts";
import type { GpuAnswer, GpuSource } from "../../../src/run/system/gpu_source.ts";
import { NvmlGpus, type NvmlOptions } from "../../../src/run/system/nvml_gpus.ts";
import { descendants } from "../../../src/run/system/process_tree.ts";
import { eventually, isAlive } from "../../process.ts";
import { needs, withTemporaryFolder } from "../../support.ts";
import { CAN_STAND_IN, compileStandIns, STAND_INS_NEED, type StandIns } from "../../engine/cuda/stand_ins.ts";

const GIB = 1024 ** 3;
const FALLBACK: GpuAnswer = { gpus: [], problem: "the fallback was asked" };
const fallback: GpuSource = { ask: () => Promise.resolve(FALLBACK), stop: () => {} };

interface Tools extends StandIns {
  readonly folder: string;
  /** The ids of the processes that were started. */
  readonly pids: readonly number[];
  /** Returns a source that is stopped after the test. */
  readonly gpus: (options?: NvmlOptions) => NvmlGpus;
}

/** Registers a test that gets compiled stand-ins. None of the processes that it starts may outlive it. */
function nvmlTest(name: string, body: (tools: Tools) => Promise<void>): void {
  Deno.test({
    name: CAN_STAND_IN ? name : name + needs(STAND_INS_NEED),
    ignore: !CAN_STAND_IN,
    // A killed process that is not waited for is what some tests are about.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () =>
      withTemporaryFolder(async (folder) => {
        const stand = compileStandIns(folder);
        const sources: NvmlGpus[] = [];
        const pids: number[] = [];
        const gpus = (options: NvmlOptions = {}): NvmlGpus => {
          const source = new NvmlGpus(fallback, {
            library: stand.libnvml,
            onStart: (pid) => pids.push(pid),
            ...options,
          });
          sources.push(source);
          return source;
        };
        // Nothing that the source waits for keeps a process alive.
        const alive = setInterval(() => {}, 1000);
        try {
          await body({ ...stand, folder, pids, gpus });
        } finally {
          clearInterval(alive);
          for (const source of sources) source.stop();
        }
        await eventually("the end of all processes", () => !pids.some(isAlive), 10_000);
      }),
  });
}

nvmlTest("NVML: one process answers all requests with utilisation, memory, temperature and power", async (tools) => {
  const source = tools.gpus({ env: { FAKE_NVML_PIDS: "42" } });
  const expected = {
    gpus: [{
      name: "Fake A100",
      utilization_percent: 97,
      // As nvidia-smi counts it, without what the driver reserves.
      memory_used_bytes: 2 * GIB,
      memory_total_bytes: 8 * GIB,
      temperature_celsius: 64,
      power_watts: 387.51,
      pciBusId: "00000000:01:00.0",
      pids: [42],
    }],
    problem: null,
  };
  for (let time = 0; time < 3; time++) assert.deepEqual(await source.ask(), expected);
  assert.equal(tools.pids.length, 1);
});

nvmlTest(
  "NVML: a request after the first takes less than 100 ms, and little of the processor's time",
  async (tools) => {
    const source = tools.gpus({ env: { FAKE_NVML_GPUS: "8" } });
    await source.ask();
    const [first] = tools.pids;
    const spentMs = () => {
      const fields = Deno.readTextFileSync(`/proc/${first}/stat`).split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    };
    const before = spentMs();
    let least = Infinity;
    for (let time = 0; time < 20; time++) {
      const since = performance.now();
      assert.equal((await source.ask())?.gpus.length, 8);
      least = Math.min(least, performance.now() - since);
    }
    assert.ok(least < 100, `${least} ms`);
    assert.ok((spentMs() - before) / 20 < 20, `${(spentMs() - before) / 20} ms of processor time for a request`);
  },
);

nvmlTest("NVML: a GPU that fell off the bus keeps its place among eight", async (tools) => {
  const answer = await tools.gpus({ env: { FAKE_NVML_GPUS: "8", FAKE_NVML_LOST: "2" } }).ask();
  const lost = answer?.gpus[2];
  assert.equal(answer?.gpus.length, 8);
  assert.deepEqual([lost?.name, lost?.utilization_percent, lost?.power_watts], ["no answer", null, null]);
  assert.equal(answer?.gpus[3]?.pciBusId, "00000000:04:00.0");
});

nvmlTest("NVML: an old library gives null for what it does not know", async (tools) => {
  const answer = await tools.gpus({ library: tools.oldLibnvml }).ask();
  assert.deepEqual([answer?.gpus.length, answer?.gpus[0]?.utilization_percent, answer?.problem], [1, null, null]);
});

nvmlTest(
  "NVML: where the library cannot be opened, nvidia-smi is asked from then on, and no process remains",
  async (tools) => {
    for (const library of [tools.broken, tools.other, join(tools.folder, "nowhere.so")]) {
      const source = tools.gpus({ library });
      const started = tools.pids.length;
      assert.equal(await source.ask(), FALLBACK);
      assert.equal(await source.ask(), FALLBACK);
      assert.equal(tools.pids.length, started + 1);
    }
  },
);

nvmlTest("NVML: a driver that does not start is reported in its own words", async (tools) => {
  const source = tools.gpus({ env: { FAKE_NVML_INIT: "9" } });
  assert.deepEqual(await source.ask(), {
    gpus: [],
    problem: "NVIDIA's driver: Driver Not Loaded (nvmlInit returned 9)",
  });
});

nvmlTest("NVML: a driver that crashes is reported, asked again three times, and then no more", async (tools) => {
  const source = tools.gpus({ env: { FAKE_NVML_INIT: "crash" } });
  const problems: (string | null | undefined)[] = [];
  for (let time = 0; time < 6; time++) problems.push((await source.ask())?.problem);
  const last = "NVIDIA's driver crashed with SIGSEGV (not asked again in this run)";
  assert.deepEqual(problems, [...Array(3).fill("NVIDIA's driver crashed with SIGSEGV"), last, last, last]);
  assert.equal(tools.pids.length, 4);
});

nvmlTest("NVML: a driver that crashes later is asked by a new process", async (tools) => {
  const file = join(tools.folder, "how");
  const source = tools.gpus({ env: { FAKE_NVML_FILE: file } });
  assert.equal((await source.ask())?.gpus.length, 1);
  Deno.writeTextFileSync(file, "crash");
  assert.deepEqual(await source.ask(), { gpus: [], problem: "NVIDIA's driver crashed with SIGSEGV" });
  Deno.writeTextFileSync(file, "");
  assert.equal((await source.ask())?.gpus.length, 1);
  assert.equal(tools.pids.length, 2);
});

nvmlTest("NVML: a process that was killed between two requests is replaced", async (tools) => {
  const source = tools.gpus();
  await source.ask();
  const [first = 0] = tools.pids;
  Deno.kill(first, "SIGKILL");
  await eventually("its end", () => !isAlive(first), 5000);
  assert.equal((await source.ask())?.problem, "the process that asks NVIDIA's driver was ended by SIGKILL");
  assert.equal((await source.ask())?.gpus.length, 1);
});

nvmlTest("NVML: a driver that hangs is killed after the time limit, at its start and later", async (tools) => {
  const problem = "NVIDIA's driver does not answer";
  const atStart = tools.gpus({ env: { FAKE_NVML_INIT: "hang" }, startMs: 500 });
  assert.equal((await atStart.ask())?.problem, problem);
  const file = join(tools.folder, "how");
  const later = tools.gpus({ env: { FAKE_NVML_FILE: file }, answerMs: 500 });
  assert.equal((await later.ask())?.problem, null);
  Deno.writeTextFileSync(file, "hang");
  assert.equal((await later.ask())?.problem, problem);
  await eventually("their end", () => !tools.pids.some(isAlive), 5000);
});

nvmlTest("NVML: the first answer may take as long as the driver's start, which starts each GPU", async (tools) => {
  const source = tools.gpus({ env: { FAKE_NVML_SLOW: "4" }, startMs: 20_000, answerMs: 500 });
  assert.equal((await source.ask())?.problem, null);
  assert.equal((await source.ask())?.problem, null);
});

nvmlTest("NVML: an answer that waits while the trainer is busy longer than the limit is not late", async (tools) => {
  const source = tools.gpus({ answerMs: 200 });
  await source.ask();
  const [pid = 0] = tools.pids;
  Deno.kill(pid, "SIGSTOP");
  const asked = source.ask();
  // Lets the request be sent. The process answers it while this one computes.
  await new Promise((resolve) => setTimeout(resolve, 50));
  Deno.kill(pid, "SIGCONT");
  for (const until = performance.now() + 1000; performance.now() < until;);
  assert.equal((await asked)?.problem, null);
});

/** Starts a program that asks once a second as a trainer does, and prints the process's id after the first answer. */
function watcher(tools: Tools, env: Record<string, string>, body: string): Deno.ChildProcess {
  const at = (path: string) => JSON.stringify(join(PROJECT_ROOT, "src", path));
  const code = `
    await import(${at("no_debugger.ts")});
    const { NvmlGpus } = await import(${at("run/system/nvml_gpus.ts")});
    const { SystemWatch } = await import(${at("run/system/system_watch.ts")});
    const fallback = { ask: () => Promise.resolve(null), stop() {} };
    const onStart = (pid) => console.log(pid);
    const options = { library: ${JSON.stringify(tools.libnvml)}, startMs: 2000, answerMs: 2000, onStart };
    const gpus = new NvmlGpus(fallback, options);
    let watch;
    const seen = new Promise((resolve) => {
      watch = new SystemWatch((body) => body.gpus.length > 0 && resolve(), { gpus, everyMs: 50 });
    });
    ${body}`;
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", "--config", join(PROJECT_ROOT, "deno.json"), code],
    env,
    stdin: "null",
    stdout: "piped",
  }).spawn();
}

/** Returns the first line of a program's output. */
async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  return text.split("\n")[0] ?? "";
}

for (const how of ["idle", "hang"]) {
  const what = how === "idle" ? "ends at once" : "that is inside a hanging driver ends after the limit";
  nvmlTest(`NVML: a process whose trainer was killed with SIGKILL ${what}`, async (tools) => {
    const file = join(tools.folder, "how");
    const stay = "setInterval(() => {}, 1000);";
    const trainer = watcher(tools, { FAKE_NVML_FILE: file }, stay);
    const pid = Number(await firstLine(trainer.stdout));
    assert.ok(descendants(trainer.pid).includes(pid));
    if (how === "hang") {
      Deno.writeTextFileSync(file, "hang");
      // It ignores SIGTERM as soon as it hangs.
      const ignores = () => /^SigIgn:\t.*[4567cdef]...$/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
      await eventually("the hang", ignores, 10_000);
    }
    trainer.kill("SIGKILL");
    await trainer.status;
    await eventually("its end", () => !isAlive(pid), how === "idle" ? 3000 : 8000);
  });
}

nvmlTest(
  "NVML: neither a process that answers nor one that hangs keeps its parent alive, and both end with it",
  async (tools) => {
    for (const [how, body] of [["0", "await seen;"], ["hang", ""]] as const) {
      const parent = watcher(tools, { FAKE_NVML_INIT: how }, `${body} console.log("over");`);
      const output = await parent.output();
      const [pid, ...rest] = new TextDecoder().decode(output.stdout).trim().split("\n");
      assert.deepEqual([output.code, output.signal, rest], [0, null, ["over"]]);
      await eventually("its end", () => !isAlive(Number(pid)), 8000);
    }
  },
);

nvmlTest("NVML: the end of the watch ends the process", async (tools) => {
  const source = tools.gpus();
  await source.ask();
  source.stop();
  await eventually("its end", () => !tools.pids.some(isAlive), 5000);
});
