import assert from "node:assert/strict";
import type { EventOf } from "../../../src/events.ts";
import { fittingRows, systemRows } from "../../../src/dashboard/panes/system_rows.ts";
import { placements } from "../../../src/dashboard/layout/placements.ts";
import { changed, event, lessonAfter, replay } from "../replay.ts";

const GPU = {
  name: "NVIDIA H100",
  utilization_percent: 94,
  memory_used_bytes: 60e9,
  memory_total_bytes: 80e9,
  temperature_celsius: 71,
  power_watts: 412.7,
};
const seen = (change: Partial<EventOf<"system">> = {}) =>
  event({
    type: "system",
    processor_percent: 187,
    cores: 2,
    memory_bytes: 1.2e9,
    memory_total_bytes: 24e9,
    processes: 2,
    gpus: [],
    gpu_problem: null,
    ...change,
  }) as EventOf<"system">;

const lines = (system: EventOf<"system"> | null) =>
  systemRows(system).map(({ name, parts }) => [name, ...parts].join(" "));

const CASES: readonly [string, EventOf<"system"> | null, readonly string[]][] = [
  ["before the first reading", null, []],
  ["with two cores", seen(), ["processor 187 % of 200 % (2 cores)", "memory 1.2 GB of 24 GB 2 processes"]],
  [
    "without /proc",
    seen({ processor_percent: null, memory_bytes: null }),
    ["processor not available", "memory not available"],
  ],
  ["with a GPU", seen({ gpus: [GPU] }), [
    "processor 187 % of 200 % (2 cores)",
    "memory 1.2 GB of 24 GB 2 processes",
    "GPU 0 94 % 60 GB of 80 GB 71 °C 413 W NVIDIA H100",
  ]],
  ["with a hanging driver", seen({ gpu_problem: "nvidia-smi does not answer" }), [
    "processor 187 % of 200 % (2 cores)",
    "memory 1.2 GB of 24 GB 2 processes",
    "GPU nvidia-smi does not answer",
  ]],
];

for (const [what, system, expected] of CASES) {
  Deno.test(`the system pane ${what} shows ${expected.join("; ") || "nothing"}`, () => {
    assert.deepEqual(lines(system), expected);
  });
}

Deno.test("a processor use above the maximum fills the bar and no more", () => {
  assert.equal(systemRows(seen({ processor_percent: 205 }))[0]?.share, 1);
});

/** A machine with eight GPUs, of which the run uses the fourth. */
const EIGHT = seen({ gpus: Array.from({ length: 8 }, (_, index) => ({ ...GPU, used: index === 3 })) });
const names = (system: EventOf<"system">, height: number) => {
  const { rows, moreGpus } = fittingRows(system, height);
  return [...rows.map(({ name, marked }) => marked ? `${name} (marked)` : name), `+${moreGpus}`].join(", ");
};

const HEIGHTS: readonly [string, EventOf<"system">, number, string][] = [
  [
    "all eight GPUs",
    EIGHT,
    10,
    "processor, memory, GPU 0, GPU 1, GPU 2, GPU 3 (marked), GPU 4, GPU 5, GPU 6, GPU 7, +0",
  ],
  ["the run's GPU of eight", EIGHT, 9, "processor, memory, GPU 3 (marked), +7"],
  ["the run's GPU in three rows", EIGHT, 3, "processor, memory, GPU 3 (marked), +7"],
  ["the run's GPU before the memory in two rows", EIGHT, 2, "processor, GPU 3 (marked), +7"],
  ["nothing in no rows", EIGHT, 0, "+8"],
  ["the first GPUs if the run uses none", seen({ gpus: [GPU, GPU, GPU] }), 4, "processor, memory, GPU 0, GPU 1, +1"],
  ["the memory before a GPU that the run does not use", seen({ gpus: [GPU] }), 2, "processor, memory, +1"],
];
for (const [what, system, height, expected] of HEIGHTS) {
  Deno.test(`${height} rows of the system pane show ${what}`, () => assert.equal(names(system, height), expected));
}

Deno.test("the system pane has room for eight GPUs at 200×50 and exists at 120×40", () => {
  const gpus = Array.from({ length: 8 }, () => GPU);
  const state = replay([seen({ gpus })], changed(lessonAfter(24), { view: { columns: 200, rows: 50 } }));
  const pane = placements(state).find(({ pane }) => pane === "system");
  assert.ok(pane && pane.height >= 11, JSON.stringify(pane));
  assert.ok(placements(changed(state, { view: { columns: 120, rows: 40 } })).some(({ pane }) => pane === "system"));
});
