import assert from "node:assert/strict";
import xterm from "@xterm/headless";
import { type Dashboard, terminalFaults, withDashboard } from "./dashboard.ts";

interface Way {
  readonly name: string;
  readonly app?: Readonly<Record<string, unknown>>;
  readonly leave: (dashboard: Dashboard) => void | Promise<void>;
  readonly summary: RegExp;
  readonly exit: string;
  readonly commands: readonly unknown[];
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const GOES_ON =
  /training goes on[\s\S]*deno task watch \S*20261123-205501-densenet121-dollarstreet[\s\S]*deno task stop/;

const WAYS: readonly Way[] = [
  {
    name: "the run's own end",
    app: { until: 200, holdFrom: 120 },
    leave: ({ goOn }) => goOn(),
    summary: /stopped early after 26 epochs\n +why +stopped after epoch 26: 5 epochs without val_accuracy > 0\.6519/,
    exit: "ended",
    commands: [],
  },
  {
    name: "the run's own end and the countdown",
    app: { until: 200, holdFrom: 120, stayMs: 3000 },
    leave: async ({ goOn, terminal }) => {
      goOn();
      await terminal.shows(/q leave.*closes in [1-3]s/);
      await terminal.shows("evaluate   deno task evaluate 20261123-205501");
    },
    summary: /stopped early after 26 epochs/,
    exit: "ended",
    commands: [],
  },
  {
    name: "the run's own end, a key that holds the dashboard, and enter",
    app: { until: 200, holdFrom: 120, stayMs: 2000 },
    leave: async ({ goOn, terminal }) => {
      goOn();
      await terminal.shows("closes in");
      terminal.write("2z");
      await terminal.shows("2»Loss");
      await pause(2500);
      assert.ok(terminal.isAlternate, "the dashboard has gone although a key held it");
      await terminal.until(() => !terminal.screen().join("").includes("closes in"), "the countdown to go");
      terminal.write("\r");
    },
    summary: /stopped early after 26 epochs/,
    exit: "ended",
    commands: [],
  },
  {
    name: "the run's own end and ctrl-c",
    app: { until: 200, holdFrom: 120, stayMs: 60_000 },
    leave: async ({ goOn, terminal }) => {
      goOn();
      await terminal.shows("closes in");
      terminal.write("\x03");
    },
    summary: /stopped early after 26 epochs/,
    exit: "ended",
    commands: [],
  },
  {
    name: "s",
    leave: ({ terminal }) => terminal.write("s"),
    summary: /stopped on request/,
    exit: "ended",
    commands: [{ type: "stop" }],
  },
  {
    name: "q and s",
    leave: async ({ terminal }) => {
      terminal.write("q");
      await terminal.shows("Quit?");
      terminal.write("s");
    },
    summary: /stopped on request/,
    exit: "ended",
    commands: [{ type: "stop" }],
  },
  {
    name: "q and d",
    leave: async ({ terminal }) => {
      terminal.write("q");
      await terminal.shows("Quit?");
      terminal.write("d");
    },
    summary: GOES_ON,
    exit: "detached",
    commands: [],
  },
  { name: "d", leave: ({ terminal }) => terminal.write("d"), summary: GOES_ON, exit: "detached", commands: [] },
  {
    name: "ctrl-c",
    leave: ({ terminal }) => terminal.write("\x03"),
    summary: /interrupted after/,
    exit: "signal",
    commands: [{ type: "stop", signal: "SIGINT" }],
  },
  {
    name: "ctrl-c twice while the trainer does not answer",
    app: { deaf: true },
    leave: async ({ terminal }) => {
      terminal.write("\x03");
      await pause(600);
      terminal.write("\x03");
    },
    summary: /left before the\s+trainer confirmed/,
    exit: "signal",
    commands: [{ type: "stop", signal: "SIGINT" }],
  },
  {
    name: "SIGTERM",
    leave: ({ signal }) => signal("SIGTERM"),
    summary: /interrupted after/,
    exit: "signal",
    commands: [{ type: "stop", signal: "SIGTERM" }],
  },
  {
    name: "SIGTERM while the trainer does not answer",
    app: { deaf: true },
    leave: ({ signal }) => signal("SIGTERM"),
    summary: /left before the\s+trainer confirmed/,
    exit: "signal",
    commands: [{ type: "stop", signal: "SIGTERM" }],
  },
  ...(["SIGQUIT", "SIGUSR2"] as const).map((name) => ({
    name,
    leave: ({ signal }: Dashboard) => signal(name),
    summary: new RegExp(`interrupted after.*\\n +why +.*\\(${name}\\)`),
    exit: "signal",
    commands: [{ type: "stop", signal: name }],
  })),
  { name: "SIGHUP", leave: ({ signal }) => signal("SIGHUP"), summary: GOES_ON, exit: "detached", commands: [] },
  {
    name: "a crash of the trainer",
    app: { then: "close", holdFrom: 120 },
    leave: ({ goOn }) => goOn(),
    summary: /the trainer exited (?:or was killed )?without\s+finishing\s+the run/,
    exit: "lost",
    commands: [],
  },
];

for (const { name, app = {}, leave, summary, exit, commands } of WAYS) {
  Deno.test(`after ${name} the terminal is restored and the summary is on the normal screen`, async () => {
    await withDashboard({ app }, async (dashboard) => {
      const { terminal, recorded } = dashboard;
      await terminal.shows("Accuracy");
      await leave(dashboard);
      assert.equal(await terminal.exited, 0);
      await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
      assert.match(terminal.normalScreen(), summary);
      assert.match(terminal.normalScreen(), /status 0/);
      assert.deepEqual(terminalFaults(terminal), []);
      assert.equal(recorded().at(-1)?.exit, exit);
      assert.deepEqual(recorded().flatMap(({ command }) => (command ? [command] : [])), commands);
    });
  });
}

Deno.test("after an exception in a view the terminal is restored and the run continues", async () => {
  await withDashboard({ app: { broken: true, paceMs: 300, paceFrom: 131 } }, async ({ terminal, recorded }) => {
    await terminal.exited;
    await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
    assert.match(terminal.normalScreen(), /threw: /);
    assert.match(terminal.normalScreen(), GOES_ON);
    assert.deepEqual(terminalFaults(terminal), []);
    assert.deepEqual(recorded().flatMap(({ close }) => close ?? []), ["detach"]);
  });
});

Deno.test("without an alternate screen, as in GNU screen, the summary begins on its own line", async () => {
  await withDashboard({}, async ({ terminal }) => {
    await terminal.shows("? help");
    terminal.write("d");
    await terminal.exited;
    await terminal.until(() => terminal.normalScreen().includes("icanon"), "stty's report");
    const lines = await withoutAlternateScreen(terminal.output);
    assert.ok(
      lines.some((line) => /^20261123-205501-densenet121-dollarstreet: training goes on/.test(line)),
      lines.join("\n"),
    );
    assert.ok(
      lines.some((line) => line.startsWith("Early stopping") || line.includes("Checkpoints")),
      "the frame has gone",
    );
  });
});

/** Returns the content of an 80×24 terminal that has only one screen. */
async function withoutAlternateScreen(output: string): Promise<string[]> {
  const screen = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  const ignored = output.replaceAll("\x1b[?1049h", "").replaceAll("\x1b[?1049l", "");
  await new Promise<void>((resolve) => screen.write(ignored, resolve));
  const buffer = screen.buffer.active;
  const lines = Array.from({ length: buffer.length }, (_, row) => buffer.getLine(row)?.translateToString(true) ?? "");
  screen.dispose();
  return lines;
}
