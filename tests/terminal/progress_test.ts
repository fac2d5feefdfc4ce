/** Progress and the bell in a real pseudo-terminal. */
import assert from "node:assert/strict";
import { type Dashboard, type DashboardSettings, terminalFaults, withDashboard } from "./dashboard.ts";

const WINDOWS = {
  WT_SESSION: "b4c6",
  TERM_PROGRAM: "",
  TMUX: "",
  STY: "",
  ZELLIJ: "",
  LC_TERMINAL: "",
  VTE_VERSION: "",
};
// deno-lint-ignore no-control-regex -- it has to match escape sequences.
const PROGRESS = /\x1b\]9;4;(\d);(\d+)\x1b\\/g;

/** Returns the states and percents that were written. */
function written({ terminal }: Dashboard): string[] {
  return [...terminal.output.matchAll(PROGRESS)].map(([, state, percent]) => `${state} ${percent}`);
}

/** Returns how often the bell rang: other sequences may end with the same character. */
function bells({ terminal }: Dashboard): number {
  // deno-lint-ignore no-control-regex -- it has to match escape sequences.
  return terminal.output.replaceAll(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, "").split("\x07").length - 1;
}

const END = { until: 200, holdFrom: 120 };

const WAYS: readonly (readonly [way: string, settings: DashboardSettings, leave: (dashboard: Dashboard) => void])[] = [
  ["the run's own end", { app: END }, ({ goOn }) => goOn()],
  ["d", {}, ({ terminal }) => terminal.write("d")],
  ["ctrl-c", {}, ({ terminal }) => terminal.write("\x03")],
  ["SIGTERM", {}, ({ signal }) => signal("SIGTERM")],
  ["SIGHUP", {}, ({ signal }) => signal("SIGHUP")],
];

for (const [way, { app = {} }, leave] of WAYS) {
  Deno.test(`progress is in the terminal's tab while the run is live, and taken back by ${way}`, async () => {
    await withDashboard({ env: WINDOWS, app }, async (dashboard) => {
      const { terminal } = dashboard;
      await terminal.shows(/epoch \d+\/30/);
      await terminal.until(() => written(dashboard).some((text) => /^1 [5-9]\d$/.test(text)), "progress");
      leave(dashboard);
      await terminal.exited;
      assert.equal(written(dashboard).at(-1), "0 0");
      assert.deepEqual(terminalFaults(terminal), []);
    });
  });
}

Deno.test("progress is taken back if the dashboard throws", async () => {
  await withDashboard({ env: WINDOWS, app: { broken: true } }, async (dashboard) => {
    await dashboard.terminal.exited;
    assert.equal(written(dashboard).at(-1), "0 0");
  });
});

Deno.test("a lost trainer is an error in the terminal's tab until the dashboard is left", async () => {
  await withDashboard({ env: WINDOWS, app: { then: "close", stayMs: 60_000 } }, async (dashboard) => {
    await dashboard.terminal.until(() => written(dashboard).at(-1) === "2 100", "the error");
    dashboard.terminal.write("q");
    await dashboard.terminal.exited;
    assert.equal(written(dashboard).at(-1), "0 0");
  });
});

Deno.test("a pause is shown as one", async () => {
  await withDashboard({ env: WINDOWS }, async (dashboard) => {
    await dashboard.terminal.shows("epoch 25/30");
    dashboard.terminal.write("p");
    await dashboard.terminal.until(() => /^4 8\d$/.test(written(dashboard).at(-1) ?? ""), "the pause");
    dashboard.terminal.write("p");
    await dashboard.terminal.until(() => /^1 8\d$/.test(written(dashboard).at(-1) ?? ""), "the run to go on");
    dashboard.terminal.write("d");
    await dashboard.terminal.exited;
  });
});

for (const [name, env] of [["an unknown terminal", {}], ["tmux", { TMUX: "/tmp/tmux-0/default,1,0" }]] as const) {
  Deno.test(`no progress is written to ${name}, and no bell rings unless it is asked for`, async () => {
    await withDashboard(
      { env: { ...WINDOWS, ...(name === "tmux" ? {} : { WT_SESSION: "" }), ...env }, app: END },
      async (dashboard) => {
        await dashboard.terminal.shows(/epoch \d+\/30/);
        dashboard.goOn();
        await dashboard.terminal.exited;
        assert.deepEqual([written(dashboard), bells(dashboard)], [[], 0]);
      },
    );
  });
}

for (const role of ["owner", "watch"] as const) {
  Deno.test(`--bell rings once at the end of a live run (${role})`, async () => {
    await withDashboard({ env: WINDOWS, app: { ...END, role, bell: true, stayMs: 60_000 } }, async (dashboard) => {
      const { terminal } = dashboard;
      await terminal.shows(/epoch \d+\/30/);
      assert.equal(bells(dashboard), 0);
      dashboard.goOn();
      await terminal.until(() => bells(dashboard) === 1, "the bell");
      await terminal.shows("stopped early");
      terminal.write("q");
      await terminal.exited;
      assert.equal(bells(dashboard), 1);
    });
  });
}

Deno.test("--bell does not ring when a finished run is watched, or when the person leaves", async () => {
  await withDashboard({ app: { until: 200, role: "watch", live: false, bell: true } }, async (dashboard) => {
    await dashboard.terminal.shows("stopped early");
    dashboard.terminal.write("q");
    await dashboard.terminal.exited;
    assert.equal(bells(dashboard), 0);
  });
  await withDashboard({ app: { bell: true } }, async (dashboard) => {
    await dashboard.terminal.shows("epoch 25/30");
    dashboard.terminal.write("d");
    await dashboard.terminal.exited;
    assert.equal(bells(dashboard), 0);
  });
});
