import assert from "node:assert/strict";
import { LESSON, UNTIL_LAST_CHANCE, withDashboard } from "./dashboard.ts";
import type { PseudoTerminal } from "./pseudo_terminal.ts";

interface Size {
  readonly columns: number;
  readonly rows: number;
  readonly shows: readonly string[];
  readonly leavesOut: readonly string[];
}

const ALL_PANES = ["Accuracy", "Loss", "Training", "Early stopping", "Parameters", "Checkpoints", "Log"];
const MAIN_PANES = ["Accuracy", "Loss", "Training", "Early stopping", "Checkpoints"];

const SIZES: readonly Size[] = [
  {
    columns: 200,
    rows: 50,
    shows: [...ALL_PANES, "System", "Confusion", "Most confident mistakes", "output shape", "trainable", "Headlight"],
    leavesOut: [],
  },
  { columns: 120, rows: 40, shows: [...ALL_PANES, "System", "Confusion", "output shape"], leavesOut: [] },
  {
    columns: 80,
    rows: 24,
    shows: [...ALL_PANES, "7,037,504", "7.09M, 0.76 % trainable", "at most"],
    leavesOut: ["output shape"],
  },
  { columns: 60, rows: 20, shows: MAIN_PANES, leavesOut: ["Parameters", "Log"] },
  { columns: 40, rows: 12, shows: ["val_accuracy 0.6382", "val_loss", "wait 4/5"], leavesOut: ["Accuracy", "Log"] },
  { columns: 40, rows: 5, shows: ["training", "epoch 25/30", "wait 4/5", "83 %", "q quit"], leavesOut: ["Accuracy"] },
  { columns: 20, rows: 6, shows: ["training", "epoch 25/30", "wait 4/5", "83 %", "s stop"], leavesOut: ["Accuracy"] },
];

for (const { columns, rows, shows, leavesOut } of SIZES) {
  Deno.test(`at ${columns}×${rows} the dashboard shows the essentials and fits the screen`, async () => {
    await withDashboard({ columns, rows }, async ({ terminal }) => {
      // A frame arrives in pieces, and its last row comes last.
      for (const expected of ["25/30", ...shows, ...(rows >= 7 ? ["q quit"] : [])]) await terminal.shows(expected);
      const screen = terminal.screen();
      const text = screen.join("\n");
      for (const gone of leavesOut) assert.ok(!text.includes(gone), `${gone} has no place in\n${text}`);
      assert.equal(terminal.hasWrappedLine(), false, `a line ran over the edge:\n${text}`);
      if (rows >= 7) {
        assert.match(screen[0] ?? "", /20261123-205501/, "the first row is lost");
        assert.match(screen.at(-1) ?? "", /q quit/, "the last row is lost");
      }
    });
  });
}

Deno.test("the sentence about the next epoch is on every screen that has panes", async () => {
  await withDashboard({ columns: 40, rows: 12 }, async ({ terminal }) => {
    await terminal.shows("wait 4/5");
    await terminal.shows("q quit");
    assert.match(terminal.screen().join(" "), /stops after epoch 26 unless val_accuracy\s+> 0\.6519/);
  });
});

Deno.test("resizing in both directions while training repaints the whole screen", async () => {
  const app = { stream: LESSON, until: UNTIL_LAST_CHANCE, paceMs: 60, paceFrom: 50 };
  await withDashboard({ columns: 120, rows: 40, app }, async ({ terminal }) => {
    await terminal.shows("Early stopping");
    const steps = [[80, 24], [60, 20], [40, 12], [80, 24], [200, 50], [80, 30], [120, 40]] as const;
    for (const [columns, rows] of steps) {
      terminal.resize(columns, rows);
      await terminal.until(() => {
        const screen = terminal.screen();
        return /20261123-205501/.test(screen[0] ?? "") && /q quit/.test(screen.at(-1) ?? "");
      }, `a whole frame at ${columns}×${rows}`);
      const text = terminal.screen().join("\n");
      assert.equal(
        text.match(/20261123-205501/g)?.length,
        1,
        `remains of an older frame at ${columns}×${rows}:\n${text}`,
      );
      assert.equal(text.match(/q quit/g)?.length, 1, `remains of an older frame at ${columns}×${rows}:\n${text}`);
      assert.equal(terminal.hasWrappedLine(), false);
    }
  });
});

Deno.test("without a UTF-8 locale everything on the screen is ASCII", async () => {
  const env = { LC_ALL: "C", LANG: "C" };
  await withDashboard({ env }, async ({ terminal }) => {
    await terminal.shows("epoch 25/30");
    await terminal.shows("q quit");
    // deno-lint-ignore no-control-regex -- characters outside ASCII are intended here.
    assert.doesNotMatch(terminal.screen().join(""), /[^\x00-\x7f]/);
    assert.match(terminal.screen().join(""), /\*\*.*X/, "the chart is drawn with letters");
  });
});

const OVERFIT = { stream: "tests/fixtures/runs/overfit.jsonl", until: 100_000 };

/** Returns how many cells show two pixels of an image. Images arrive one after the other. */
function imagesOn(terminal: PseudoTerminal): number {
  return terminal.cells().flat().filter(({ text, colour, ground }) =>
    text === "▀" && colour.kind === "rgb" && ground.kind === "rgb"
  ).length;
}

Deno.test("the most confident mistakes are images of half blocks in 24-bit colour, with class and answer", async () => {
  await withDashboard(
    { columns: 200, rows: 50, env: { COLORTERM: "truecolor" }, app: OVERFIT },
    async ({ terminal }) => {
      for (const shown of ["Most confident mistakes", "▀▀▀", "→ tile roof 91 %", "? help"]) {
        await terminal.shows(shown, 30_000);
      }
      // Six images of 16×16 pixels. A cell with two equal pixels has no half block.
      await terminal.until(() => imagesOn(terminal) > 500, "six images", 30_000);
      assert.ok(imagesOn(terminal) <= 6 * 16 * 8);
    },
  );
});

Deno.test("closing the help restores the images", async () => {
  await withDashboard(
    { columns: 200, rows: 50, env: { COLORTERM: "truecolor" }, app: OVERFIT },
    async ({ terminal }) => {
      await terminal.shows("→ tile roof 91 %", 30_000);
      await terminal.shows("? help");
      await terminal.until(() => imagesOn(terminal) > 500, "six images", 30_000);
      // The last of them may still be on its way.
      await new Promise((resolve) => setTimeout(resolve, 4000));
      const images = () => JSON.stringify(terminal.cells().slice(-11, -1).map((row) => row.slice(0, 132)));
      const before = images();
      for (const _ of [1, 2]) {
        terminal.write("?");
        await terminal.shows("Zoom the focused pane");
        terminal.write("?");
        await terminal.until(() => images() === before, "the images as they were", 30_000);
      }
    },
  );
});

Deno.test("without Unicode and colours the most confident mistakes are drawn as characters, all in ASCII", async () => {
  const env = { LC_ALL: "C", LANG: "C", NO_COLOR: "1" };
  await withDashboard({ columns: 200, rows: 50, env, app: OVERFIT }, async ({ terminal }) => {
    for (const shown of ["Most confident mistakes", "-> tile roof 91 %", "? help"]) await terminal.shows(shown, 30_000);
    const text = terminal.screen().join("\n");
    // deno-lint-ignore no-control-regex -- characters outside ASCII are intended here.
    assert.doesNotMatch(text, /[^\x00-\x7f]/);
    assert.match(text, /[=+*#%]{6,}/, "the images have no ink");
  });
});

Deno.test("at 80×24 the key 0 shows the most confident mistakes", async () => {
  await withDashboard({ env: { COLORTERM: "truecolor" }, app: OVERFIT }, async ({ terminal }) => {
    await terminal.shows("? help");
    terminal.write("0");
    for (const shown of ["Most confident mistakes", "→ street sign 94 %", "▀▀▀"]) await terminal.shows(shown, 30_000);
  });
});

// deno-lint-ignore no-control-regex -- escape sequences are intended here.
const COLOUR = /\x1b\[(3|4|9|10)[0-8][;m]/;

Deno.test("NO_COLOR alone removes all colours and overrides FORCE_COLOR", async () => {
  for (const env of [{ NO_COLOR: "1" }, { NO_COLOR: "1", FORCE_COLOR: "3" }]) {
    await withDashboard({ env }, async ({ terminal }) => {
      await terminal.shows("epoch 25/30");
      assert.doesNotMatch(terminal.output, COLOUR);
    });
  }
});

Deno.test("the dashboard is drawn even if a CI variable is set, although Ink itself would not draw it", async () => {
  await withDashboard({ env: { CI: "true" } }, async ({ terminal }) => {
    await terminal.shows("epoch 25/30");
    assert.ok(terminal.isAlternate);
  });
});

Deno.test("an empty NO_COLOR leaves the colours", async () => {
  await withDashboard({ env: { NO_COLOR: "" } }, async ({ terminal }) => {
    await terminal.shows("epoch 25/30");
    assert.match(terminal.output, COLOUR);
  });
});
