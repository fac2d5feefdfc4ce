/** Foreign text on the dashboard's screen: a key before the first frame, `wall`, a program in the background. */
import assert from "node:assert/strict";
import xterm from "@xterm/headless";
import { type Dashboard, withDashboard } from "./dashboard.ts";

async function wholeFrame({ terminal }: Dashboard): Promise<void> {
  await terminal.shows("epoch 25/30");
  await terminal.until(() => {
    const screen = terminal.screen();
    return /^(Headlight {2})?20261123-205501/.test(screen[0] ?? "") && /q quit/.test(screen.at(-1) ?? "");
  }, "the first row at the top and the last at the bottom");
}

Deno.test("a key that is typed before the first frame does not shift it", async () => {
  await withDashboard({}, async (dashboard) => {
    dashboard.terminal.write("abc\r\r");
    await wholeFrame(dashboard);
  });
});

Deno.test("foreign output shifts no later frame, and ctrl-l redraws the screen", async () => {
  await withDashboard({}, async (dashboard) => {
    const { terminal } = dashboard;
    await wholeFrame(dashboard);
    // Near the top, since another line at the bottom would scroll the screen.
    await terminal.strangerWrites("\x1b[5;3Hwall: a stranger\r\nwrites two lines");
    await terminal.shows("wall: a stranger");
    const clock = terminal.screen()[0];
    await terminal.until(() => terminal.screen()[0] !== clock, "the clock to go on");
    assert.match(terminal.screen()[0] ?? "", /^20261123-205501\S+ +training · epoch 25\/30 · \d+s$/);
    terminal.write("\x0c");
    await terminal.until(() => !/stranger|two lines/.test(terminal.screen().join("\n")), "the stranger's text to go");
    await wholeFrame(dashboard);
  });
});

Deno.test("after a shrink nothing of the frame is above the summary, even without an alternate screen", async () => {
  await withDashboard({ columns: 100, rows: 40 }, async (dashboard) => {
    const { terminal } = dashboard;
    await wholeFrame(dashboard);
    const before = terminal.output.length;
    terminal.resize(80, 20);
    await terminal.until(() => terminal.screen().length === 20, "the new size");
    await wholeFrame(dashboard);
    terminal.write("d");
    await terminal.exited;
    const screen = new xterm.Terminal({ cols: 80, rows: 20, allowProposedApi: true, scrollback: 0 });
    const written = terminal.output.slice(before).replaceAll("\x1b[?1049l", "");
    await new Promise<void>((resolve) => screen.write(written.slice(0, written.indexOf("status 0")), resolve));
    const lines = Array.from({ length: 20 }, (_, row) => screen.buffer.active.getLine(row)?.translateToString(true));
    screen.dispose();
    assert.match(lines[0] ?? "", /^20261123-205501-densenet121-dollarstreet: training goes on/);
    assert.doesNotMatch(lines.join("\n"), /Accuracy|q quit/);
  });
});
