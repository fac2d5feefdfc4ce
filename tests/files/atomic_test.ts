import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import {
  asideOf,
  isAside,
  isRunning,
  LEFT_AFTER_MS,
  swapSymlinkSync,
  sweepAsides,
  writeFileAtomicSync,
  writeFolderAtomicSync,
  writeSynced,
} from "../../src/files/atomic.ts";
import { eventually } from "../process.ts";
import { needs, withTemporaryFolder } from "../support.ts";
import { startScript } from "./child.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("a file written atomically is complete after a kill -9 at any moment", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "file");
    for (const ms of [0, 7, 23]) {
      const child = await startScript("files/write_child.ts", "file", path);
      await pause(ms);
      await child.kill();
      const content = Deno.readFileSync(path);
      assert.equal(content.length, 1_000_000);
      assert.ok(content.every((byte) => byte === content[0]), "one version, not parts of two");
    }
  });
});

Deno.test("after a kill -9 a folder written atomically has all its files or does not exist", async () => {
  await withTemporaryFolder(async (folder) => {
    for (const ms of [0, 11]) {
      const child = await startScript("files/write_child.ts", "folder", join(folder, `${ms}`));
      await pause(ms);
      await child.kill();
      const rounds = [...Deno.readDirSync(join(folder, `${ms}`))].filter(({ name }) => name.startsWith("round-"));
      assert.ok(rounds.length > 0);
      for (const { name } of rounds) {
        const files = [...Deno.readDirSync(join(folder, `${ms}`, name))].map((file) => file.name).sort();
        assert.deepEqual(files, ["a", "b", "c"]);
        for (const file of files) assert.equal(Deno.statSync(join(folder, `${ms}`, name, file)).size, 100_000);
      }
    }
  });
});

Deno.test("a symlink being replaced exists after a kill -9, with the old or the new target", async () => {
  await withTemporaryFolder(async (folder) => {
    const link = join(folder, "last");
    const child = await startScript("files/write_child.ts", "symlink", link);
    for (let look = 0; look < 200; look++) assert.match(Deno.readLinkSync(link), /^target-[01]$/);
    await child.kill();
    assert.match(Deno.readLinkSync(link), /^target-[01]$/);
  });
});

Deno.test("writing creates missing folders and replaces an existing file", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "deep", "er", "file");
    writeFileAtomicSync(path, "old");
    writeFileAtomicSync(path, "new");
    assert.equal(Deno.readTextFileSync(path), "new");
    assert.deepEqual([...Deno.readDirSync(join(folder, "deep", "er"))].map(({ name }) => name), ["file"]);
  });
});

Deno.test("a folder whose filling fails leaves nothing behind", async () => {
  await withTemporaryFolder((folder) => {
    const fail = (aside: string) => {
      writeSynced(join(aside, "a"), new Uint8Array(10));
      throw new Error("no more");
    };
    assert.throws(() => writeFolderAtomicSync(join(folder, "result"), fail), /no more/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("an existing folder is not overwritten", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "result");
    writeFolderAtomicSync(path, (aside) => writeSynced(join(aside, "a"), new Uint8Array(1)));
    assert.throws(() => writeFolderAtomicSync(path, (aside) => writeSynced(join(aside, "b"), new Uint8Array(1))));
    assert.deepEqual([...Deno.readDirSync(path)].map(({ name }) => name), ["a"]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["result"]);
  });
});

Deno.test("a symlink can be set where none existed", async () => {
  await withTemporaryFolder((folder) => {
    swapSymlinkSync("first", join(folder, "link"));
    swapSymlinkSync("second", join(folder, "link"));
    assert.equal(Deno.readLinkSync(join(folder, "link")), "second");
  });
});

/** A process id above the maximum on Linux. */
const NO_PROCESS = 2 ** 30;

/** Returns a function that writes a file of an age, and returns its name. */
function putter(folder: string, nowMs: number) {
  return (name: string, ageMs: number): string => {
    Deno.writeTextFileSync(join(folder, name), "x");
    const time = new Date(nowMs - ageMs);
    Deno.utimeSync(join(folder, name), time, time);
    return name;
  };
}

Deno.test("temporary files of killed processes are removed, but not recent ones or those of living processes", async () => {
  await withTemporaryFolder((folder) => {
    const nowMs = 1_800_000_000_000;
    const put = putter(folder, nowMs);
    put(`.old.${NO_PROCESS}-0.aside`, LEFT_AFTER_MS);
    put(`.young.${NO_PROCESS}-1.aside`, LEFT_AFTER_MS - 1000);
    const own = basename(asideOf(join(folder, "own")));
    put(own, 10 * LEFT_AFTER_MS);
    put("file", 10 * LEFT_AFTER_MS);
    assert.deepEqual(sweepAsides(folder, LEFT_AFTER_MS, nowMs), [`.old.${NO_PROCESS}-0.aside`]);
    // If no other machine writes here, the process id alone decides.
    assert.deepEqual(sweepAsides(folder, 0, nowMs), [`.young.${NO_PROCESS}-1.aside`]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      own,
      "file",
    ]);
    assert.deepEqual(sweepAsides(join(folder, "nowhere")), []);
  });
});

Deno.test("a temporary file names its host, and that of another host is kept for an hour, whatever process it names", async () => {
  await withTemporaryFolder((folder) => {
    const nowMs = 1_800_000_000_000;
    const put = putter(folder, nowMs);
    const host = hostname().replaceAll(/[^\w.-]/g, "-");
    assert.ok(basename(asideOf(join(folder, "x"))).endsWith(`@${host}.aside`));
    const mine = put(`.a.${NO_PROCESS}-0@${host}.aside`, 0);
    const young = put(`.b.${NO_PROCESS}-1@node-2.cluster.aside`, LEFT_AFTER_MS - 1000);
    // A process of this host has the same id.
    const old = put(`.c.${Deno.pid}-2@node-2.cluster.aside`, LEFT_AFTER_MS);
    assert.deepEqual([mine, young, old].map(isAside), [true, true, true]);
    assert.deepEqual(sweepAsides(folder, 0, nowMs).sort(), [mine, old]);
  });
});

Deno.test("the temporary file of an earlier process with this process's id is removed, and a new one gets another name", async () => {
  await withTemporaryFolder((folder) => {
    const earlier = `.result.${Deno.pid}-0.aside`;
    Deno.mkdirSync(join(folder, earlier));
    writeFolderAtomicSync(join(folder, "result"), (aside) => {
      assert.deepEqual(sweepAsides(folder), [earlier]);
      writeSynced(join(aside, "a"), new Uint8Array(1));
    });
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["result"]);
  });
});

Deno.test({
  name: "a killed process whose parent has not waited for it yet does not count as running" + needs("/proc"),
  ignore: !existsSync("/proc/self/stat"),
  fn: async () => {
    // The shell becomes a program that never waits for its children.
    const parent = new Deno.Command("/bin/sh", {
      args: ["-c", "sleep 1000 & echo $!; exec sleep 1000"],
      stdout: "piped",
    }).spawn();
    try {
      const reader = parent.stdout.getReader();
      const pid = Number(new TextDecoder().decode((await reader.read()).value));
      await reader.cancel();
      assert.equal(isRunning(pid), true);
      await eventually("the shell has become sleep", () => commandOf(parent.pid) === "sleep", 5000);
      Deno.kill(pid, "SIGKILL");
      await eventually("it has ended", () => /^State:\tZ/m.test(Deno.readTextFileSync(`/proc/${pid}/status`)), 5000);
      assert.equal(isRunning(pid), false);
    } finally {
      parent.kill("SIGKILL");
      await parent.status;
    }
  },
});

function commandOf(pid: number): string {
  return Deno.readTextFileSync(`/proc/${pid}/comm`).trim();
}
