import assert from "node:assert/strict";
import { PANES } from "../../../components/panes.ts";
import { focusable, layout, type LayoutInput, leftOut, type Placement } from "../../../src/dashboard/layout/layout.ts";
import { sizedPanes } from "../../../src/dashboard/layout/placements.ts";
import type { PaneFacts, PaneName } from "../../../src/dashboard/view/pane_facts.ts";
import type { Stage } from "../../../src/dashboard/view/stage.ts";
import { lessonAfter } from "../replay.ts";

const STAGES = ["setup", "extract", "train"] as const;
/** Facts for the layout: ten classes, a head of five layers, and a machine without a GPU. */
const { run, view } = lessonAfter(12);

function sized(panes: readonly PaneFacts[], stage: Stage): LayoutInput["panes"] {
  return sizedPanes(panes, stage, run, view);
}

function input(columns: number, rows: number, more: Partial<LayoutInput> = {}): LayoutInput {
  const stage = more.stage ?? "train";
  return { columns, rows, stage, notices: 0, panes: sized(PANES, stage), zoom: null, ...more };
}

function overlap(one: Placement, other: Placement): boolean {
  return one.left < other.left + other.width && other.left < one.left + one.width &&
    one.top < other.top + other.height && other.top < one.top + one.height;
}

Deno.test("panes never overlap, never leave the screen and are never empty, at every size", () => {
  for (let columns = 1; columns <= 220; columns += columns < 90 ? 1 : 7) {
    for (let rows = 1; rows <= 70; rows++) {
      for (const stage of STAGES) {
        const names = new Set(sized(PANES, stage).map(({ name }) => name));
        for (const notices of [0, 1, 3]) {
          const placed = layout(input(columns, rows, { stage, notices }));
          const where = `${columns}×${rows}, ${stage}, ${notices} notices`;
          for (const [index, pane] of placed.entries()) {
            assert.ok(pane.width > 0 && pane.height > 0, `${pane.pane} is empty at ${where}`);
            assert.ok(pane.left >= 0 && pane.top >= 0, `${pane.pane} begins outside at ${where}`);
            assert.ok(pane.left + pane.width <= columns, `${pane.pane} is too wide at ${where}`);
            assert.ok(pane.top + pane.height <= rows, `${pane.pane} is too tall at ${where}`);
            for (const other of placed.slice(index + 1)) {
              assert.ok(!overlap(pane, other), `${pane.pane} overlaps ${other.pane} at ${where}`);
            }
            assert.ok(names.has(pane.pane), `${pane.pane} has nothing to say at ${where}`);
          }
        }
      }
    }
  }
});

const MAIN: readonly PaneName[] = ["accuracy", "loss", "progress", "early_stopping"];
const MOST: readonly PaneName[] = [...MAIN, "parameters", "checkpoints", "log"];
const ALL: readonly PaneName[] = [...MOST, "system", "confusion"];

const SIZES: readonly [number, number, readonly PaneName[]][] = [
  [200, 50, [...ALL, "samples"]],
  [150, 30, MOST],
  [120, 40, ALL],
  [80, 24, MOST],
  [60, 20, [...MAIN, "checkpoints"]],
  [45, 40, MAIN],
  [40, 12, ["progress", "trends", "early_stopping"]],
];

for (const [columns, rows, expected] of SIZES) {
  Deno.test(`${columns}×${rows} has ${expected.join(", ")}`, () => {
    for (const notices of [0, 2]) {
      const placed = layout(input(columns, rows, { notices })).map(({ pane }) => pane);
      assert.deepEqual([...placed].sort(), ["header", "footer", ...expected].sort());
    }
  });
}

Deno.test("at 80×24 with two notices a chart still has five rows for its curve", () => {
  const chart = layout(input(80, 24, { notices: 2 })).find(({ pane }) => pane === "accuracy");
  assert.ok(chart && chart.height - 2 >= 5, `${chart?.height} rows`);
});

Deno.test("below 24 columns or 7 rows there is a single line", () => {
  for (const [columns, rows] of [[23, 40], [80, 6], [1, 1]] as const) {
    assert.deepEqual(layout(input(columns, rows)).map(({ pane }) => pane), ["line"]);
  }
});

Deno.test("a zoomed pane fills the space between header and footer", () => {
  const placed = layout(input(80, 24, { zoom: "log" }));
  assert.deepEqual(placed.map(({ pane, top, height }) => [pane, top, height]), [
    ["header", 0, 2],
    ["log", 2, 21],
    ["footer", 23, 1],
  ]);
});

Deno.test("a pane added to the list gets a place on a wide screen and a number on a small one", () => {
  const added: PaneFacts = {
    name: "added",
    stages: ["train"],
    sideRows: () => 4,
    numbered: { number: 7, called: "added" },
  };
  const panes = sized([...PANES.filter(({ name }) => name !== "log"), added, ...PANES.slice(-2)], "train");
  const wide = layout(input(200, 60, { panes }));
  assert.equal(wide.find(({ pane }) => pane === "added")?.height, 4);
  assert.ok(focusable(wide, panes).includes("added"));
  const small = layout(input(80, 24, { panes }));
  assert.deepEqual(leftOut(small, panes), ["added", "confusion", "system", "samples"]);
});

for (
  const [screen, columns, rows] of [["tall", 120, 40], ["grid", 80, 24], ["narrow", 60, 20], ["stack", 45, 40]] as const
) {
  Deno.test(`a pane with a place of its own gets it on the ${screen} screen without displacing another`, () => {
    const before = layout(input(columns, rows)).map(({ pane }) => pane);
    const added: PaneFacts = { name: "added", stages: ["train"], places: { [screen]: { at: "between" } } };
    const placed = layout(input(columns, rows, { panes: sized([...PANES, added], "train") }));
    assert.deepEqual(placed.map(({ pane }) => pane).sort(), [...before, "added"].sort());
    const [one, other] = [placed.find(({ pane }) => pane === "progress"), placed.find(({ pane }) => pane === "added")];
    assert.ok(one && other && !overlap(one, other));
  });
}

Deno.test("a very large screen has a wider column on the right and larger images at the bottom", () => {
  const sizeOf = (columns: number, rows: number, name: PaneName) =>
    layout(input(columns, rows)).find(({ pane }) => pane === name);
  assert.deepEqual([sizeOf(200, 50, "log")?.width, sizeOf(200, 50, "samples")?.height], [66, 11]);
  assert.deepEqual([sizeOf(300, 80, "log")?.width, sizeOf(300, 80, "samples")?.height], [90, 15]);
});

Deno.test("the layout knows no pane by name", async () => {
  const folder = new URL("../../../src/dashboard/layout/", import.meta.url);
  for await (const { name } of Deno.readDir(folder)) {
    const text = await Deno.readTextFile(new URL(name, folder));
    const named = PANES.filter((pane) => text.includes(`"${pane.name}"`)).map((pane) => pane.name);
    assert.deepEqual(named, [], `${name} names panes`);
  }
});

Deno.test("every pane that the layout places is registered exactly once", () => {
  const names = PANES.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
  for (const stage of STAGES) {
    for (const [columns, rows] of SIZES) {
      for (const { pane } of layout(input(columns, rows, { stage }))) assert.ok(names.includes(pane), pane);
    }
  }
});
