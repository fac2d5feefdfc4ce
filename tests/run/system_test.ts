/** Tests what a run reports about its machine, with /proc of real processes and recorded answers of nvidia-smi. */
import assert from "node:assert/strict";
import type { EventOf } from "../../src/events.ts";
import { NVIDIA_SMI, parseGpus } from "../../src/run/system/gpus.ts";
import { descendants, processorMs, residentBytes } from "../../src/run/system/process_tree.ts";
import type { GpuSource } from "../../src/run/system/gpu_source.ts";
import { type RunSmi, SmiGpus } from "../../src/run/system/smi_gpus.ts";
import { SystemWatch, type SystemWatchOptions } from "../../src/run/system/system_watch.ts";
import { eventually } from "../process.ts";
import { leastMs } from "../support.ts";

const FAILED =
  "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest " +
  "NVIDIA driver is installed and running.\n";

/** A recorded answer. tests/fixtures/nvidia_smi/README.md has its origin. */
const recorded = (name: string) =>
  Deno.readTextFileSync(new URL(`../fixtures/nvidia_smi/${name}.csv`, import.meta.url));
const EIGHT = recorded("eight_v100");

/** Returns their figures: percent, MiB used, MiB in total, degrees, watts. */
const figures = (csv: string) =>
  parseGpus(csv)?.map((gpu) => [
    gpu.utilization_percent,
    gpu.memory_used_bytes === null ? null : gpu.memory_used_bytes / 1024 ** 2,
    gpu.memory_total_bytes === null ? null : gpu.memory_total_bytes / 1024 ** 2,
    gpu.temperature_celsius,
    gpu.power_watts,
  ]);

Deno.test("recorded answers for one GPU give its figures, and null for columns that were not requested", () => {
  assert.deepEqual(figures(recorded("one_rtx_3070")), [[1, 1081, 8192, 50, null]]);
  assert.deepEqual(figures(recorded("one_rtx_4060_laptop")), [[0, null, null, 49, 1.81]]);
  assert.deepEqual(parseGpus(recorded("one_rtx_3070"))?.[0]?.name, "NVIDIA GeForce RTX 3070");
});

Deno.test("a recorded answer to Headlight's own query gives all five figures", () => {
  const asked = NVIDIA_SMI.find((argument) => argument.startsWith("--query-gpu="))?.slice("--query-gpu=".length);
  const [header = ""] = recorded("one_h100_idle").split("\n");
  // It was recorded before the address was asked for.
  assert.equal(`${header.replace(/ \[[^\]]*\]/g, "").replaceAll(", ", ",")},pci.bus_id`, asked);
  assert.deepEqual(figures(recorded("one_h100_idle")), [[0, 0, 81559, 47, 75]]);
  assert.deepEqual(figures(recorded("one_h100_busy")), [[100, 1011, 81559, 73, 699.76]]);
  assert.equal(parseGpus(recorded("one_h100_busy"))?.[0]?.name, "NVIDIA H100 80GB HBM3");
});

Deno.test("recorded answers for eight GPUs give eight, in order", () => {
  const idle = [35, 36, 33, 41, 40, 37, 51, 40].map((degrees) => [0, 4, 32768, degrees, null]);
  const expected = idle.with(5, [0, 4, 32764, 37, null]).with(6, [100, 13928, 32768, 51, null]);
  assert.deepEqual(figures(EIGHT), expected);
  const busy = figures(recorded("eight_h100"));
  assert.deepEqual(busy?.map(([utilization]) => utilization), [100, 98, 100, 100, 100, 98, 100, 99]);
  assert.deepEqual(busy?.map(([, used]) => used), [78942, 78990, 78990, 78750, 21340, 19760, 19742, 19770]);
});

Deno.test("a recorded answer for sixteen GPUs without units includes their watts", () => {
  const all = figures(recorded("sixteen_v100_without_units"));
  assert.equal(all?.length, 16);
  assert.deepEqual(all?.[1], [98, 11149, null, 62, 383.55]);
  assert.deepEqual(all?.[15], [0, 5, null, 37, 51.17]);
});

const HEADER = "name, utilization.gpu [%], memory.used [MiB], memory.total [MiB], temperature.gpu, power.draw [W]\n";
const ODD: readonly [string, string, string][] = [
  [
    "a figure that a GPU does not report",
    "GeForce GT 710, [N/A], 300 MiB, 2001 MiB, [Not Supported], [Unknown Error]",
    "GeForce GT 710",
  ],
  ["a name with commas in it", "Quadro, the, first, 5 %, 300 MiB, 2001 MiB, 40, 30.05 W", "Quadro, the, first"],
];
for (const [what, line, name] of ODD) {
  Deno.test(`${what} does not disturb the other figures`, () => {
    const [gpu] = parseGpus(HEADER + line) ?? [];
    assert.deepEqual([gpu?.name, gpu?.memory_used_bytes], [name, 300 * 1024 ** 2]);
  });
}

Deno.test("the queried columns are those that are read", () => {
  const asked = NVIDIA_SMI.find((argument) => argument.startsWith("--query-gpu="))?.slice("--query-gpu=".length);
  const header = `${asked?.replaceAll(",", ", ")}\n`;
  const answer = `${header}NVIDIA A100-SXM4-80GB, 97 %, 61243 MiB, 81920 MiB, 64, 387.51 W, 00000000:07:00.0\n`;
  assert.deepEqual(figures(answer), [[97, 61243, 81920, 64, 387.51]]);
  assert.equal(parseGpus(answer)?.[0]?.pciBusId, "00000000:07:00.0");
});

Deno.test("an answer that is not a table gives null, and a table without GPUs is not an error", () => {
  assert.equal(parseGpus(FAILED), null);
  assert.deepEqual(parseGpus(HEADER), []);
  assert.equal(parseGpus(`${HEADER}No devices were found\n`), null);
});

type Seen = Omit<EventOf<"system">, "seq" | "time" | "v">;

/** A machine without GPUs. */
const NONE: GpuSource = { ask: () => Promise.resolve(null), stop: () => {} };

/** Collects system events until `enough` returns true. */
async function watched(
  run: RunSmi,
  enough: (seen: readonly Seen[]) => boolean,
  options: SystemWatchOptions = {},
): Promise<Seen[]> {
  const seen: Seen[] = [];
  const watch = new SystemWatch((body) => seen.push(body), { gpus: new SmiGpus(run), everyMs: 50, ...options });
  try {
    await eventually("what was looked for", () => enough(seen), 8000);
  } finally {
    watch.stop();
  }
  return seen;
}

Deno.test("the processor time and memory of a busy child process count as the run's", async () => {
  const busy = new Deno.Command("sh", { args: ["-c", "while :; do :; done"], stdin: "null" }).spawn();
  try {
    assert.ok(descendants(Deno.pid).includes(busy.pid));
    const own = residentBytes(Deno.pid) ?? NaN;
    const seen = await watched(() => Promise.resolve(null), (all) => (all.at(-1)?.processor_percent ?? 0) > 20);
    const last = seen.at(-1);
    assert.ok(last && last.processes >= 2);
    assert.ok((last.memory_bytes ?? 0) > own / 2);
    assert.deepEqual([last.gpus, last.gpu_problem], [[], null]);
  } finally {
    busy.kill("SIGKILL");
    await busy.status;
  }
  assert.equal(processorMs(busy.pid), null);
  assert.equal(residentBytes(busy.pid), null);
});

Deno.test("the system is read less often after a while, so that long runs do not fill their logs", async () => {
  let looks = 0;
  const watch = new SystemWatch(() => looks++, { gpus: NONE, everyMs: 1, pid: 0 });
  try {
    await eventually("the first looks", () => looks >= 200, 20_000);
    const [before, sinceMs] = [looks, performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const each = (performance.now() - sinceMs) / Math.max(1, looks - before);
    assert.ok(each >= 5, `${each} ms a look`);
  } finally {
    watch.stop();
  }
});

Deno.test("the reported GPUs are those of the last answer", async () => {
  const seen = await watched(
    () => Promise.resolve({ code: 0, stdout: EIGHT }),
    (all) => all.some(({ gpus }) => gpus.length === 8),
  );
  assert.equal(seen.at(-1)?.gpu_problem, null);
});

Deno.test("the message of a failing driver is reported verbatim, and the driver is not asked again for a minute", async () => {
  let asked = 0;
  const seen = await watched(() => {
    asked++;
    return Promise.resolve({ code: 9, stdout: FAILED });
  }, (all) => all.length >= 5);
  assert.match(seen.at(-1)?.gpu_problem ?? "", /^nvidia-smi: NVIDIA-SMI has failed because/);
  assert.equal(asked, 1);
});

Deno.test("a hanging driver is reported within three seconds, delays nothing, and is asked only once", async () => {
  const ms = await leastMs(3000, async () => {
    let asked = 0;
    const sinceMs = performance.now();
    const never = () => {
      asked++;
      return new Promise<never>(() => {});
    };
    const seen = await watched(never, (all) => typeof all.at(-1)?.gpu_problem === "string");
    const took = performance.now() - sinceMs;
    assert.ok(seen.length > 10, `${seen.length} looks while it hung`);
    assert.equal(seen.at(-1)?.gpu_problem, "nvidia-smi does not answer");
    assert.equal(asked, 1);
    return took;
  });
  assert.ok(ms < 3000, `${ms} ms`);
});

Deno.test("the GPU on which the run computes is marked as soon as the engine is known", async () => {
  const [first] = parseGpus(`${HEADER}NVIDIA H100, 97 %, 1 MiB, 2 MiB, 64, 387.51 W\n`) ?? assert.fail();
  assert.ok(first);
  const gpus = [1, 2, 3].map((bus) => ({ ...first, pciBusId: `00000000:0${bus}:00.0` }));
  const source: GpuSource = { ask: () => Promise.resolve({ gpus, problem: null }), stop: () => {} };
  const seen: Seen[] = [];
  const watch = new SystemWatch((body) => seen.push(body), { gpus: source, everyMs: 50 });
  const marks = () => seen.at(-1)?.gpus.map(({ used }) => used);
  try {
    await eventually("GPUs", () => marks()?.length === 3, 8000);
    assert.deepEqual(marks(), [false, false, false]);
    watch.usesEngine({ device: "gpu", device_name: "NVIDIA H100", pci_bus_id: "0000:02:00.0" });
    await eventually("the mark", () => marks()?.[1] === true, 8000);
    assert.deepEqual(marks(), [false, true, false]);
    assert.deepEqual(Object.keys(seen.at(-1)?.gpus[0] ?? {}).filter((name) => /pid|pci/i.test(name)), []);
  } finally {
    watch.stop();
  }
});
