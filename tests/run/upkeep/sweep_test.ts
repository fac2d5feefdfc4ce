/** Checks that the next run removes exactly what a kill -9 leaves behind. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { basename, dirname, join, relative } from "node:path";
import { findSocketPath, socketPath } from "../../../src/run/control/socket_path.ts";
import { createRunDirectory, type RunDirectory, runDirectory } from "../../../src/run/folder/directory.ts";
import { sweepLeftovers } from "../../../src/run/upkeep/sweep.ts";
import { startScript } from "../../files/child.ts";
import { withTemporaryFolder } from "../../support.ts";
import { makeRun } from "../made_run.ts";

const A_MINUTE_ON = () => Date.now() + 60_000;
const KILLED = "20261101-000000-killed";
const HALF_MADE = "20261101-000001-half-made";

/** Returns all files and folders in a folder, as paths relative to it. */
function everythingIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    return [path, ...(isDirectory ? everythingIn(path) : [])];
  });
}

async function listening(path: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

function withPlaces(body: (places: { runs: string; sockets: string; next: RunDirectory }) => Promise<void>) {
  return withTemporaryFolder(async (folder) => {
    const [runs, sockets] = [join(folder, "runs"), join(folder, "sockets")];
    await body({ runs, sockets, next: makeRun(join(runs, "20261102-000000-next")) });
  });
}

Deno.test("the next run removes everything left by a trainer that was killed while writing", () =>
  withPlaces(async ({ runs, sockets, next }) => {
    const child = await startScript("run/upkeep/sweep_child.ts", runs, sockets);
    const socket = socketPath(join(runs, KILLED), sockets);
    const before = everythingIn(runs);
    // An owner's temporary files are in a temporary folder, with which they are removed.
    const asides = before.filter((path) => path.endsWith(".aside") && !dirname(path).endsWith(".aside"));
    assert.equal(asides.length, 2, before.join("\n"));

    // While the process lives, its files are kept, however long it takes.
    assert.deepEqual(await sweepLeftovers(next, { sockets: [sockets], nowMs: A_MINUTE_ON() }), []);
    assert.deepEqual(everythingIn(runs), before);

    await child.kill();
    assert.ok(existsSync(socket));
    // Recently touched files may belong to another machine.
    assert.deepEqual(await sweepLeftovers(next, { sockets: [sockets] }), []);
    const swept = await sweepLeftovers(next, { sockets: [sockets], nowMs: A_MINUTE_ON() });
    assert.deepEqual(swept.sort(), [...asides, join(runs, HALF_MADE), socket].sort());
    assert.deepEqual(everythingIn(sockets), []);
    const left = everythingIn(join(runs, KILLED)).map((path) => relative(join(runs, KILLED), path)).sort();
    assert.deepEqual(left, ["checkpoints", "config.json", "heartbeat", "lock"]);
  }));

Deno.test("leftovers in a run's own folder are removed at once, since no other process writes there", () =>
  withPlaces(async ({ sockets, next }) => {
    const aside = join(next.checkpoints, ".epoch-0003.999999999-0.aside");
    Deno.mkdirSync(aside);
    assert.deepEqual(await sweepLeftovers(next, { sockets: [sockets] }), [aside]);
  }));

Deno.test("sockets with a listener are kept, and so is everything that is not the socket of a run", () =>
  withPlaces(async ({ runs, sockets, next }) => {
    const path = findSocketPath(join(runs, "living"), [sockets]);
    const server = await listening(path);
    for (const name of ["other.sock", "notes"]) Deno.writeTextFileSync(join(sockets, name), "");
    Deno.writeTextFileSync(join(sockets, ".writable-abc"), "");
    try {
      const swept = await sweepLeftovers(next, { sockets: [sockets], nowMs: A_MINUTE_ON() });
      assert.deepEqual(swept.map((path) => basename(path)), [".writable-abc"]);
      assert.ok(existsSync(path));
    } finally {
      server.close();
    }
  }));

Deno.test("a run folder without config.json is kept if it has any content or is recent", () =>
  withPlaces(async ({ runs, sockets, next }) => {
    const lost = makeRun(join(runs, "20261101-000000-lost"));
    Deno.removeSync(lost.config);
    const made = createRunDirectory(runs, "20261103-000000-made");
    // Killed after the weights to start with were copied.
    const begun = createRunDirectory(runs, "20261104-000000-begun");
    Deno.mkdirSync(begun.from);
    assert.deepEqual(await sweepLeftovers(next, { sockets: [sockets] }), []);
    assert.ok(existsSync(made.path));
    await sweepLeftovers(next, { sockets: [sockets], nowMs: A_MINUTE_ON() });
    assert.ok(existsSync(lost.events));
    assert.equal(existsSync(made.path), false);
    assert.equal(existsSync(begun.path), false);
  }));

Deno.test("missing folders are no error", async () => {
  const run = runDirectory("/nowhere/at/all");
  assert.deepEqual(await sweepLeftovers(run, { sockets: ["/nowhere/sockets"] }), []);
});
