/** What the run takes of its machine: /proc of real processes, answers of nvidia-smi as its manual has them. */
import assert from "node:assert/strict";
import type { EventOf } from "../../src/events.ts";
import { parseGpus } from "../../src/run/system/gpus.ts";
import { descendants, processorMs, residentBytes } from "../../src/run/system/process_tree.ts";
import { type AskGpus, SystemWatch } from "../../src/run/system/system_watch.ts";
import { eventually } from "../process.ts";

const ONE = "NVIDIA A100-SXM4-80GB, 97, 61243, 81920, 64, 387.51\n";
const EIGHT = Array.from(
  { length: 8 },
  (_, index) => `NVIDIA H100 80GB HBM3, ${index}, ${index * 1000}, 81559, 3${index}, 70.1${index}`,
)
  .join("\n");
const FAILED =
  "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest " +
  "NVIDIA driver is installed and running.\n";

Deno.test("an answer for one GPU gives its figures, in bytes, degrees and watts", () => {
  assert.deepEqual(parseGpus(ONE), [{
    name: "NVIDIA A100-SXM4-80GB",
    utilization_percent: 97,
    memory_used_bytes: 61_243 * 1024 ** 2,
    memory_total_bytes: 81_920 * 1024 ** 2,
    temperature_celsius: 64,
    power_watts: 387.51,
  }]);
});

Deno.test("an answer for eight GPUs gives eight, in order", () => {
  assert.deepEqual(parseGpus(EIGHT)?.map(({ utilization_percent }) => utilization_percent), [0, 1, 2, 3, 4, 5, 6, 7]);
});

const ODD: readonly [string, string, string][] = [
  ["what a GPU does not tell", "GeForce GT 710, [N/A], 300, 2001, [Not Supported], [Unknown Error]", "GeForce GT 710"],
  ["a name with commas in it", "Quadro, the, first, 5, 300, 2001, 40, 30.0", "Quadro, the, first"],
];
for (const [what, line, name] of ODD) {
  Deno.test(`${what} does not get in the way of the rest`, () => {
    const [gpu] = parseGpus(line) ?? [];
    assert.deepEqual([gpu?.name, gpu?.memory_used_bytes], [name, 300 * 1024 ** 2]);
  });
}

Deno.test("an answer that is no table is none, and no GPUs are no error", () => {
  assert.equal(parseGpus(FAILED), null);
  assert.deepEqual(parseGpus(""), []);
});

type Seen = Omit<EventOf<"system">, "seq" | "time" | "v">;

/** Looks until `enough` says so. */
async function watched(askGpus: AskGpus, enough: (seen: readonly Seen[]) => boolean, pid = Deno.pid): Promise<Seen[]> {
  const seen: Seen[] = [];
  const watch = new SystemWatch((body) => seen.push(body), { askGpus, everyMs: 50, pid });
  try {
    await eventually("what was looked for", () => enough(seen), 8000);
  } finally {
    watch.stop();
  }
  return seen;
}

Deno.test("a busy child's processor time and memory are the run's", async () => {
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

Deno.test("after a while it is looked at less often: a run of days has no log of its processor", async () => {
  let looks = 0;
  const watch = new SystemWatch(() => looks++, { askGpus: () => Promise.resolve(null), everyMs: 1, pid: 0 });
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

Deno.test("GPUs are those of the last answer", async () => {
  const seen = await watched(
    () => Promise.resolve({ code: 0, stdout: EIGHT }),
    (all) => all.some(({ gpus }) => gpus.length === 8),
  );
  assert.equal(seen.at(-1)?.gpu_problem, null);
});

Deno.test("a driver that fails is said with its own words, and not asked again for a minute", async () => {
  let asked = 0;
  const seen = await watched(() => {
    asked++;
    return Promise.resolve({ code: 9, stdout: FAILED });
  }, (all) => all.length >= 5);
  assert.match(seen.at(-1)?.gpu_problem ?? "", /^nvidia-smi: NVIDIA-SMI has failed because/);
  assert.equal(asked, 1);
});

Deno.test("a driver that hangs is said within three seconds, holds nothing up, and gets one question", async () => {
  let asked = 0;
  const sinceMs = performance.now();
  const never = () => {
    asked++;
    return new Promise<never>(() => {});
  };
  const seen = await watched(never, (all) => typeof all.at(-1)?.gpu_problem === "string");
  assert.ok(performance.now() - sinceMs < 3000);
  assert.ok(seen.length > 10, `${seen.length} looks while it hung`);
  assert.equal(seen.at(-1)?.gpu_problem, "nvidia-smi does not answer");
  assert.equal(asked, 1);
});
