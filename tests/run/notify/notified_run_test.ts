/** Notifications of real runs. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readRunConfig } from "../../../src/run/folder/run_config.ts";
import { tensorflowEngine } from "../../engine.ts";
import { eventually, headlight, JsonRun } from "../../process.ts";
import { CAN_MOUNT, MOUNTS, SmallDisk } from "../../small_disk.ts";
import { needs, withTemporaryFolder } from "../../support.ts";
import { ENDLESS, SMALL_RUN } from "../small_run.ts";

await tensorflowEngine();

const SECRET = "token-5f2c9";

/** A server that keeps the notifications that it gets. */
class Hook implements AsyncDisposable {
  readonly got: Record<string, unknown>[] = [];
  readonly #server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    this.got.push(await request.json());
    return new Response("ok");
  });

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/${SECRET}`;
  }

  async until(count: number): Promise<void> {
    await eventually(`${count} notifications`, () => this.got.length >= count, 30_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function filesWith(text: string, folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isFile, isDirectory }) => {
    const path = join(folder, name);
    if (isDirectory) return filesWith(text, path);
    return isFile && new TextDecoder().decode(Deno.readFileSync(path)).includes(text) ? [name] : [];
  });
}

Deno.test("a run tells a URL how it ended, also after --resume, and only config.json has more of the URL than its host", async () => {
  await withTemporaryFolder(async (folder) => {
    await using hook = new Hook();
    const flags = ["--notify", hook.url, "--tensorboard", join(folder, "board"), "--runs", join(folder, "runs")];
    const first = new JsonRun(["train", ...SMALL_RUN, ...ENDLESS, ...flags]);
    const directory = await first.directory();
    await first.until("epoch");
    first.kill("SIGTERM");
    assert.equal(await first.status(), 143);
    await hook.until(1);
    const second = new JsonRun(["train", "--resume", directory, "--epochs", "200"]);
    const end = await second.until("end");
    assert.equal(await second.status(), 0, second.stderr);
    await hook.until(2);
    assert.deepEqual(hook.got.map(({ event, reason, exit_status }) => [event, reason, exit_status]), [
      ["end", "interrupted", 143],
      ["end", "completed", 0],
    ]);
    assert.deepEqual([hook.got[1]?.["run"], hook.got[1]?.["best"]], [end.run, end.best]);
    assert.deepEqual(end.notices.filter((text) => text.includes("notify")), []);

    assert.equal(readRunConfig(join(directory, "config.json")).options.notify, hook.url);
    assert.deepEqual(filesWith(SECRET, folder), ["config.json"]);
    assert.equal((Deno.statSync(join(directory, "config.json")).mode ?? 0) & 0o777, 0o600);
    for (const args of [["report", directory], ["export", directory, "--to", "keras"], ["plot", directory]]) {
      const { status, stdout, stderr } = await headlight(args);
      assert.equal(status, 0, stderr);
      assert.ok(!(stdout + stderr).includes(SECRET), stdout);
    }
    assert.deepEqual(filesWith(SECRET, folder), ["config.json"], "in no report, export or plot");
    const shown = await Promise.all([
      headlight(["summary", directory]),
      headlight(["runs", "--json", "--runs", join(folder, "runs")]),
      headlight(["watch", directory, "--plain"]),
    ]);
    const texts = [...shown.map(({ stdout, stderr }) => stdout + stderr), first.stderr, second.stderr];
    const events = JSON.stringify([...first.events, ...second.events]);
    for (const text of [...texts, events]) assert.ok(!text.includes(SECRET), text);
    assert.match(events, /"notify":"http:\/\/127\.0\.0\.1:\d+\/…"/);
  });
});

Deno.test("a loss that is not a number is told as nan", async () => {
  await withTemporaryFolder(async (runs) => {
    await using hook = new Hook();
    const flags = ["--learning-rate", "1e30", "--notify", hook.url, "--runs", runs];
    const run = new JsonRun(["train", ...SMALL_RUN, "--epochs", "2", ...flags]);
    await run.until("end");
    const status = await run.status();
    await hook.until(1);
    const [{ event, reason, exit_status, error } = {}] = hook.got;
    assert.deepEqual([event, reason, exit_status], ["nan", "nan", status]);
    assert.match(String(error), /^The loss of epoch 1 is not a number/);
  });
});

Deno.test("a hook that fails gives one notice, and changes nothing else", async () => {
  await withTemporaryFolder(async (runs) => {
    const args = ["train", ...SMALL_RUN, "--epochs", "2", "--notify", `exit 3 # ${SECRET}`, "--runs", runs];
    const run = new JsonRun(args);
    const { reason, notices, directory } = await run.until("end");
    assert.equal(await run.status(), 0, run.stderr);
    assert.equal(reason, "completed");
    const text = "--notify failed: the command ended with exit status 3.";
    assert.deepEqual(notices.filter((notice) => notice.includes("notify")), [text]);
    assert.deepEqual(run.all("log").filter((event) => event.text === text).length, 1);
    assert.match(Deno.readTextFileSync(join(directory, "trainer.log")), /Z --notify failed: the command ended/);
  });
});

Deno.test("a hook that hangs does not keep the run, its folder or its viewer", async () => {
  await withTemporaryFolder(async (runs) => {
    const args = ["train", ...SMALL_RUN, "--epochs", "2", "--notify", "exec sleep 1000", "--runs", runs];
    const run = new JsonRun(args);
    const { directory } = await run.until("end");
    const sinceMs = performance.now();
    assert.equal(await run.status(), 0, run.stderr);
    assert.ok(performance.now() - sinceMs < 15_000);
    // The trainer has released the run although the hook is still there.
    const again = await headlight(["train", "--resume", directory, "--epochs", "3", "--notify", "true"]);
    assert.equal(again.status, 0, again.stderr);
  });
});

Deno.test({
  name: "a full disk is told while the run waits" + (CAN_MOUNT ? "" : needs(MOUNTS)),
  ignore: !CAN_MOUNT,
  fn: async () => {
    await using disk = await SmallDisk.open(16);
    await using hook = new Hook();
    const large = ["--epochs", "20", "--patience", "100", "--hidden", "300"];
    const flags = ["--notify", hook.url, "--runs", join(disk.path, "runs")];
    const run = new JsonRun(["train", ...SMALL_RUN, ...large, ...flags]);
    await run.until("checkpoint");
    disk.fill(1_000_000);
    await hook.until(1);
    disk.free();
    assert.equal(await run.status(), 0, run.stderr);
    await hook.until(2);
    assert.deepEqual(hook.got.map(({ event }) => event), ["disk", "end"]);
    assert.deepEqual((hook.got[0]?.["disk"] as { problem: string }).problem, "full");
  },
});

Deno.test("--notify with a URL that is none is refused before the run starts", async () => {
  const { status, stderr } = await headlight(["train", ...SMALL_RUN, "--notify", "https://[x"]);
  assert.deepEqual([status, stderr.trim()], [
    2,
    "headlight: --notify https://[x: is not a URL. Correct it, or name a command.",
  ]);
});

Deno.test("a command runs where the run was started, and a secret is in no process's arguments after --resume", async () => {
  await withTemporaryFolder(async (folder) => {
    const command = `pwd > told.part && mv told.part told # ${SECRET}`;
    const runs = join(folder, "runs");
    const flags = ["--epochs", "1", "--notify", command, "--runs", runs];
    const first = new JsonRun(["train", ...SMALL_RUN, ...flags], { cwd: folder });
    const directory = await first.directory();
    assert.equal(await first.status(), 0, first.stderr);
    const told = () => {
      try {
        return Deno.readTextFileSync(join(folder, "told")).trim();
      } catch {
        return "";
      }
    };
    await eventually("the command", () => told() !== "", 30_000);
    assert.equal(told(), Deno.realPathSync(folder));
    Deno.removeSync(join(folder, "told"));
    const more = ["--epochs", "1000000", "--patience", "1000000"];
    const second = new JsonRun(["train", "--resume", directory, ...more], { cwd: folder });
    await second.until("epoch");
    const { pid } = JSON.parse(Deno.readTextFileSync(join(directory, "lock")));
    const args = Deno.readTextFileSync(`/proc/${pid}/cmdline`);
    assert.match(args, /--resume/);
    assert.ok(!args.includes(SECRET), args);
    second.kill("SIGTERM");
    assert.equal(await second.status(), 143);
    // The resumed run tells its end in the same folder, and not in the one in which the test runs.
    await eventually("the command of the resumed run", () => told() !== "", 30_000);
    assert.equal(told(), Deno.realPathSync(folder));
    assert.equal(readRunConfig(join(directory, "config.json")).options.notify, command);
  });
});
