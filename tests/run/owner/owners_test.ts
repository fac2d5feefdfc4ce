/** Tests who has a run: with real processes, some of them as if on another host that shares the folder. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { liveRun } from "../../../src/commands/find.ts";
import { isAside, replaceFileSync } from "../../../src/files/atomic.ts";
import { type RunDirectory, runDirectory } from "../../../src/run/folder/directory.ts";
import { settleClaims } from "../../../src/run/owner/claim.ts";
import { custodyOf, isOwned } from "../../../src/run/owner/custody.ts";
import { beat, isKnownDead, readBeat, watchHeartbeat } from "../../../src/run/owner/heartbeat.ts";
import { type Owner, readOwner, writeOwner } from "../../../src/run/owner/owner_record.ts";
import { RunTakenError, takeOwnership } from "../../../src/run/owner/ownership.ts";
import { startMark } from "../../../src/run/owner/this_host.ts";
import { removeRuns } from "../../../src/run/upkeep/remove.ts";
import { canPretend, onAnotherHost } from "../../other_host.ts";
import { eventually } from "../../process.ts";
import { needs, withTemporaryFolder } from "../../support.ts";
import { makeRun } from "../made_run.ts";
import { LATE_CHANGES, type LateChange } from "./late_change.ts";

const lineSchema = z.object({
  said: z.string().optional(),
  took: z.int().optional(),
  refused: z.string().optional(),
  changed: z.array(z.string().nullable()).optional(),
});

const PROGRAM = fileURLToPath(import.meta.resolve("./owner_child.ts"));

/** A process of owner_child.ts. */
class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  constructor(run: RunDirectory, what: "take" | "refuse", env: Record<string, string> = {}, stillForMs = 3000) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", PROGRAM, run.path, what, String(stillForMs)],
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = lines(this.#process.stdout);
    this.#input = this.#process.stdin.getWriter();
  }

  get pid(): number {
    return this.#process.pid;
  }

  get status(): Promise<Deno.CommandStatus> {
    return this.#process.status;
  }

  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  async next(): Promise<z.infer<typeof lineSchema>> {
    const { value } = await this.#lines.next();
    return lineSchema.parse(JSON.parse(value));
  }

  /** Lets the process change the run, and returns its errors. */
  async change(): Promise<(string | null)[]> {
    await this.say("change");
    return (await this.next()).changed ?? [];
  }

  async say(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.kill("SIGKILL");
    } catch {
      // It has exited.
    }
    await this.#input.close().catch(() => {});
    while (!(await this.#lines.next()).done);
    await this.status;
  }
}

async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}

/** Takes a run and gives it back. Returns the owner as it was in `lock`. */
async function earlierOwner(run: RunDirectory): Promise<Owner> {
  const ownership = await takeOwnership(run, "/socket");
  const owner = readOwner(run.lock);
  assert.ok(ownership && owner);
  ownership.release();
  return owner;
}

const pretends = { ignore: !canPretend };
const compiler = needs("a C compiler");

Deno.test("of two processes that take a run at once, exactly one gets it; the other is told its pid and host", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = makeRun(join(folder, "run"));
    // The lock still names this process when the next one takes it.
    (await takeOwnership(run, "/socket"))?.release();
    await using one = new Child(run, "refuse");
    await using other = new Child(run, "refuse");
    const results = await Promise.all([one.next(), other.next()]);
    const winner = results.findIndex(({ took }) => took !== undefined);
    const loser = results[1 - winner];
    assert.ok(winner >= 0 && loser?.refused, JSON.stringify(results));
    const { since } = readOwner(run.lock) ?? {};
    assert.equal(
      loser.refused,
      `Run run is being trained by process ${[one, other][winner]?.pid} on ${hostname()} since ` +
        `${since?.replace("T", " ").replace(/\.\d+Z$/, " UTC")}. To watch it: deno task watch ${run.path}`,
    );
    assert.equal((await [other, one][winner]?.status)?.code, 2);
  });
});

Deno.test("kill -9 frees a run at once", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = makeRun(join(folder, "run"));
    await using owner = new Child(run, "take");
    await owner.next();
    assert.equal(custodyOf(run).kind, "owned");
    owner.kill("SIGKILL");
    await owner.status;
    assert.notEqual(custodyOf(run).kind, "owned");
    const ownership = await takeOwnership(run, "/socket");
    assert.ok(ownership);
    ownership.release();
  });
});

Deno.test("a late write to `lock` of an owner that did not give the run back has no effect", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = makeRun(join(folder, "run"));
    await using owner = new Child(run, "take");
    await owner.next();
    using late = Deno.openSync(run.lock, { write: true });
    const before = readOwner(run.lock);
    owner.kill("SIGKILL");
    await owner.status;
    const ownership = await takeOwnership(run, "/socket");
    assert.ok(ownership && before);
    writeOwner(late, { ...before, released: true });
    assert.equal(ownership.keep("/socket"), "kept");
    assert.equal(readOwner(run.lock)?.token, ownership.token);
    ownership.release();
  });
});

Deno.test("without locks, a living owner is known by its process, and a process that has its reused pid is not the owner", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = makeRun(join(folder, "run"));
    const owner = await earlierOwner(run);
    // Nobody holds a lock, as on a file system without locks.
    using file = Deno.openSync(run.lock, { write: true });
    writeOwner(file, owner);
    assert.deepEqual(custodyOf(run), { kind: "owned", owner });
    assert.equal(await takeOwnership(run, "/socket"), null);
    writeOwner(file, { ...owner, start: String(Number(startMark(Deno.pid)) - 1) });
    assert.deepEqual(custodyOf(run), { kind: "nobody" });
  });
});

Deno.test("a copy of a live run is not live: it belongs to nobody, commands do not reach the trainer, and it can be trained", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = makeRun(join(folder, "run"));
    await using owner = new Child(run, "take");
    await owner.next();
    const copied = (name: string): RunDirectory => {
      assert.ok(new Deno.Command("cp", { args: ["-a", run.path, join(folder, name)] }).outputSync().success);
      return runDirectory(join(folder, name));
    };
    const copy = copied("copy");
    assert.equal(readOwner(copy.lock)?.token, readOwner(run.lock)?.token);
    assert.deepEqual(custodyOf(copy), { kind: "nobody" });
    assert.equal(isOwned(copy), false);
    assert.throws(() => liveRun(copy.path, folder, "pause"), /Run copy is not running/);
    assert.equal(liveRun(undefined, folder, "stop").path, run.path);

    // A trainer locks the file before it writes itself into it.
    using locked = Deno.openSync(copy.lock, { read: true });
    assert.equal(locked.tryLockSync(true), true);
    assert.deepEqual(custodyOf(copy), { kind: "owned", owner: null });
    locked.unlockSync();

    const ownership = await takeOwnership(copy, "/other-socket");
    assert.ok(ownership);
    assert.equal(ownership.keep("/other-socket"), "kept");
    ownership.release();
    assert.deepEqual([custodyOf(copy).kind, custodyOf(run).kind], ["nobody", "owned"]);
    removeRuns([copied("removed")]);
    assert.deepEqual([existsSync(join(folder, "removed")), existsSync(run.path)], [false, true]);

    Deno.renameSync(run.path, join(folder, "moved"));
    const moved = custodyOf(runDirectory(join(folder, "moved")));
    assert.equal(
      moved.kind === "owned" && moved.owner?.pid,
      owner.pid,
      "a folder that is moved on its disk is the same",
    );
  });
});

Deno.test("a machine that was restarted owns none of the runs on its disk, whatever process has the pid", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = makeRun(join(folder, "run"));
    const owner = await earlierOwner(run);
    using file = Deno.openSync(run.lock, { write: true });
    writeOwner(file, { ...owner, boot: "another" });
    assert.deepEqual(custodyOf(run), { kind: "nobody" });
  });
});

Deno.test("the heartbeat is a counter: its owner counts as dead after standing still for 90 s of the observer's monotonic clock, wrong wall clocks do not matter", async () => {
  await withTemporaryFolder((folder) => {
    const run = runDirectory(folder);
    let nowMs = 0;
    const dead = (afterMs: number) => {
      nowMs += afterMs;
      return isKnownDead(run, "token", () => nowMs);
    };
    for (let count = 1; count <= 3; count++) beat(run.heartbeat);
    assert.equal(readBeat(run.heartbeat), "000000000000003");
    // By the file's time, it was written in 1971 or will be in the far future.
    for (const time of [31_536_000, 9_000_000_000]) {
      beat(run.heartbeat);
      Deno.utimeSync(run.heartbeat, time, time);
      assert.equal(dead(5000), false);
      for (let count = 0; count < 17; count++) assert.equal(dead(5000), false);
    }
    assert.equal(dead(5000), true);
    beat(run.heartbeat);
    assert.equal(dead(5000), false, "it beats again");
    // An observer that did not look for an hour has watched nothing.
    assert.equal(dead(3_600_000), false);
    assert.equal(isKnownDead(run, "another", () => nowMs), false);
  });
});

Deno.test("watching a heartbeat ends when it moves, and can be cancelled", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = runDirectory(folder);
    beat(run.heartbeat);
    const options = { lookEveryMs: 10, stillForMs: 60_000 };
    const watching = watchHeartbeat(run, "token", options);
    setTimeout(() => beat(run.heartbeat), 50);
    assert.equal(await watching, "alive");
    await assert.rejects(watchHeartbeat(run, "token", { ...options, signal: AbortSignal.timeout(50) }), /timeout/i);
    assert.equal(await watchHeartbeat(run, "token", { lookEveryMs: 10, stillForMs: 100 }), "dead");
  });
});

Deno.test("a run whose owner on another host is dead can be removed after its heartbeat was watched", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = makeRun(join(folder, "run"));
    const owner = await earlierOwner(run);
    using file = Deno.openSync(run.lock, { write: true });
    writeOwner(file, { ...owner, host: "elsewhere", boot: "another" });
    assert.throws(() => removeRuns([run]), /is live, so nothing was removed/);
    const said: string[] = [];
    await settleClaims([run], { say: (line) => said.push(line), stillForMs: 200, lookEveryMs: 20 });
    assert.equal(said.length, 1);
    removeRuns([run]);
    assert.equal(existsSync(run.path), false);
  });
});

Deno.test("a command without RUN is for a run that is surely live, before a newer one that only another host claims", async () => {
  await withTemporaryFolder(async (folder) => {
    const [live, claimed] = [makeRun(join(folder, "a-live")), makeRun(join(folder, "b-claimed"))];
    const ownership = await takeOwnership(live, "/socket");
    const owner = readOwner(live.lock);
    assert.ok(ownership && owner);
    using file = Deno.openSync(claimed.lock, { write: true });
    writeOwner(file, { ...owner, host: "elsewhere", boot: "another" });
    assert.equal(liveRun(undefined, folder, "stop").id, "a-live");
    ownership.release();
    assert.equal(liveRun(undefined, folder, "stop").id, "b-claimed");
  });
});

Deno.test("before each rename an owner reads whether the run is still its own, and it notices a takeover while it writes", async () => {
  await withTemporaryFolder(async (folder) => {
    const run = makeRun(join(folder, "run"));
    const ownership = await takeOwnership(run, "/socket");
    const owner = readOwner(run.lock);
    assert.ok(ownership && owner);
    replaceFileSync(run.config, "{}");
    using file = Deno.openSync(run.lock, { write: true });
    writeOwner(file, { ...owner, token: "another", pid: 7, host: "elsewhere" });
    assert.throws(
      () => replaceFileSync(run.config, "mine"),
      (error) =>
        error instanceof RunTakenError &&
        error.message ===
          "Run run was taken over by process 7 on elsewhere, so this trainer ends and changes nothing more.",
    );
    assert.equal(Deno.readTextFileSync(run.config), "{}");
    assert.deepEqual([...Deno.readDirSync(run.path)].filter(({ name }) => name.endsWith(".aside")), []);
    assert.equal(ownership.keep("/socket"), "taken");
    ownership.release();
    assert.equal(readOwner(run.lock)?.token, "another");
    assert.equal(readOwner(run.lock)?.released, false);
  });
});

Deno.test({
  name: `a living owner on another host is known by its heartbeat; the second one is told who has the run${compiler}`,
  ...pretends,
  fn: async () => {
    await withTemporaryFolder(async (folder) => {
      const run = makeRun(join(folder, "run"));
      await using owner = new Child(run, "take", await onAnotherHost(folder));
      assert.equal((await owner.next()).took, owner.pid);
      assert.equal(custodyOf(run).kind, "claimed");
      assert.throws(() => removeRuns([run]), /is live, so nothing was removed/);
      await using second = new Child(run, "refuse", {}, 20_000);
      assert.equal(
        (await second.next()).said,
        `Run run was last trained by process ${owner.pid} on elsewhere. ` +
          "Checking for up to 20 s whether that trainer is still running.",
      );
      const { refused } = await second.next();
      assert.match(refused ?? "", new RegExp(`is being trained by process ${owner.pid} on elsewhere since 20`));
      assert.equal((await second.status).code, 2);
    });
  },
});

Deno.test({
  name: `of two hosts that take a run at once without seeing each other's locks, exactly one gets it${compiler}`,
  ...pretends,
  fn: async () => {
    await withTemporaryFolder(async (folder) => {
      const run = makeRun(join(folder, "run"));
      const [here, there] = [await onAnotherHost(folder, "here"), await onAnotherHost(folder, "there")];
      await using one = new Child(run, "take", here);
      await using other = new Child(run, "take", there);
      const results = await Promise.all([one.next(), other.next()]);
      assert.equal(results.filter(({ took }) => took !== undefined).length, 1, JSON.stringify(results));
      const owner = readOwner(run.lock);
      const refused = results.find((result) => result.refused)?.refused ?? "";
      assert.match(refused, new RegExp(`is being trained by process ${owner?.pid} on ${owner?.host} since`));
    });
  },
});

Deno.test({
  name: `a run that was given back can be taken from another host at once${compiler}`,
  ...pretends,
  fn: async () => {
    await withTemporaryFolder(async (folder) => {
      const run = makeRun(join(folder, "run"));
      const ownership = await takeOwnership(run, "/socket");
      ownership?.release();
      await using next = new Child(run, "refuse", await onAnotherHost(folder));
      assert.equal((await next.next()).took, next.pid, "nothing is watched");
    });
  },
});

Deno.test({
  name: `an owner that was suspended and taken over from another host renames nothing when it wakes${compiler}`,
  ...pretends,
  fn: async () => {
    await withTemporaryFolder(async (folder) => {
      const run = makeRun(join(folder, "run"));
      await using owner = new Child(run, "take");
      assert.equal((await owner.next()).took, owner.pid);
      assert.deepEqual(await owner.change(), [null, null]);
      owner.kill("SIGSTOP");
      await using next = new Child(run, "refuse", await onAnotherHost(folder));
      assert.match((await next.next()).said ?? "", new RegExp(`last trained by process ${owner.pid} on ${hostname()}`));
      assert.equal((await next.next()).took, next.pid);
      assert.deepEqual(await next.change(), [null, null]);
      const config = Deno.readTextFileSync(run.config);
      owner.kill("SIGCONT");
      const refusal = `Run run was taken over by process ${next.pid} on elsewhere, so this trainer ends and changes ` +
        "nothing more.";
      assert.deepEqual(await owner.change(), [refusal, refusal]);
      assert.equal(Deno.readTextFileSync(run.config), config);
      assert.deepEqual(await next.change(), [null, null]);
      assert.ok(existsSync(run.lock));
    });
  },
});

/** Lets an owner stop between its last check and a change, lets another host take the run over, and wakes the owner. */
async function wakeTooLate(run: RunDirectory, change: LateChange, env: Record<string, string>): Promise<void> {
  await using owner = new Child(run, "take");
  await owner.next();
  await owner.say(change);
  await eventually("the owner has stopped", () => isStopped(owner.pid), 20_000);
  await using next = new Child(run, "refuse", env, 1000);
  assert.match((await next.next()).said ?? "", /last trained by/);
  assert.equal((await next.next()).took, next.pid);
  const before = stateOf(run);
  owner.kill("SIGCONT");
  await owner.next();
  assert.deepEqual(stateOf(run), before, change);
  assert.deepEqual(await next.change(), [null, null], "the new owner is not disturbed");
}

function isStopped(pid: number): boolean {
  return /^T /.test(Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /, ""));
}

/** Returns everything in a run's folder that a trainer changes, except temporary files and heartbeats. */
function stateOf(run: RunDirectory): unknown {
  const links = ["best", "last"].map((link) => Deno.readLinkSync(join(run.checkpoints, link)));
  const names = [...Deno.readDirSync(run.checkpoints)].map(({ name }) => name).filter((name) => !isAside(name));
  const files = [run.config, run.events, run.history, run.lock].map((path) => Deno.readTextFileSync(path));
  return { links, names: names.sort(), files };
}

Deno.test({
  name: `an owner that stops between its check and a change, and is taken over meanwhile, changes nothing${compiler}`,
  ...pretends,
  fn: async () => {
    await withTemporaryFolder(async (folder) => {
      const env = await onAnotherHost(folder);
      for (const change of LATE_CHANGES) await wakeTooLate(makeRun(join(folder, change)), change, env);
    });
  },
});
