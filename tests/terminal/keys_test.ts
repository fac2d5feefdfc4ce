import assert from "node:assert/strict";
import { withDashboard } from "./dashboard.ts";

Deno.test("c and p become commands, and the screen shows the request at once", async () => {
  await withDashboard({}, async ({ terminal, commands }) => {
    await terminal.shows("epoch 25/30");
    terminal.write("c");
    await terminal.shows("checkpoint: taken by the trainer");
    terminal.write("p");
    await terminal.shows("paused");
    await terminal.shows("p resume", 15_000);
    terminal.write("p");
    await terminal.shows("p pause", 15_000);
    assert.deepEqual(commands(), ["checkpoint", "pause", "resume"]);
  });
});

Deno.test("q asks while the dashboard stays visible, and esc cancels", async () => {
  await withDashboard({}, async ({ terminal, recorded }) => {
    await terminal.shows("epoch 25/30");
    terminal.write("q");
    await terminal.shows("Quit?  d detach, training goes on  s stop and save  esc back");
    await terminal.shows("Accuracy");
    terminal.write("\x1b");
    await terminal.shows("s stop  c checkpoint");
    assert.deepEqual(recorded().filter(({ command, close }) => command ?? close), []);
  });
});

Deno.test("? shows every key and closes again", async () => {
  await withDashboard({}, async ({ terminal }) => {
    await terminal.shows("epoch 25/30");
    terminal.write("?");
    await terminal.shows("Write a checkpoint after the current step");
    assert.equal(terminal.hasWrappedLine(), false);
    terminal.write("?");
    await terminal.until(() => !terminal.screen().join("").includes("Write a checkpoint"), "the help to close");
  });
});

Deno.test("tab and z give a pane the whole screen and take it back", async () => {
  await withDashboard({}, async ({ terminal }) => {
    await terminal.shows("epoch 25/30");
    terminal.write("\t");
    await terminal.shows("1»Accuracy");
    terminal.write("z");
    await terminal.until(() => !terminal.screen().join("").includes("Parameters"), "the other panes to go");
    assert.match(terminal.screen().join("\n"), /1»Accuracy/);
    terminal.write("z");
    await terminal.shows("Parameters");
  });
});

Deno.test("pasted text does nothing, with or without bracketed paste", async () => {
  await withDashboard({}, async ({ terminal, recorded }) => {
    await terminal.shows("epoch 25/30");
    terminal.write("\x1b[200~scpdq\x1b[201~");
    terminal.write("stop checkpoint");
    // A key after the paste shows that the paste has been handled.
    await new Promise((resolve) => setTimeout(resolve, 200));
    terminal.write("?");
    await terminal.shows("nothing is lost");
    assert.deepEqual(recorded().filter(({ command, close }) => command ?? close), []);
  });
});

Deno.test("keys that arrive in one write all work: 4z zooms the fourth pane, lm makes the loss logarithmic and smooth", async () => {
  await withDashboard({}, async ({ terminal }) => {
    await terminal.shows("epoch 25/30");
    terminal.write("lm");
    await terminal.shows("Loss, log, smoothed");
    terminal.write("4z");
    await terminal.until(() => !terminal.screen().join("").includes("Accuracy"), "the other panes to go");
    assert.match(terminal.screen().join("\n"), /4»Early stopping/);
  });
});

Deno.test("in watch the commands work, and q and ctrl-c only leave", async () => {
  for (const key of ["q", "\x03"]) {
    await withDashboard({ app: { role: "watch" } }, async ({ terminal, commands, recorded }) => {
      await terminal.shows("epoch 25/30");
      terminal.write("c");
      await terminal.shows("checkpoint: taken by the trainer");
      terminal.write(key);
      await terminal.exited;
      assert.deepEqual(commands(), ["checkpoint"]);
      assert.equal(recorded().at(-1)?.exit, "detached");
    });
  }
});

Deno.test("a finished run stays on screen in watch until q, without the keys that need a trainer", async () => {
  await withDashboard({ app: { role: "watch", live: false, until: 200 } }, async ({ terminal, recorded }) => {
    await terminal.shows("stopped after epoch 26: 5 epochs without val_accuracy > 0.6519".slice(0, 30));
    const footer = terminal.screen().at(-1) ?? "";
    assert.match(footer, /q leave/);
    assert.doesNotMatch(footer, /stop|checkpoint|pause|detach/);
    terminal.write("q");
    await terminal.exited;
    assert.equal(recorded().at(-1)?.exit, "ended");
  });
});
