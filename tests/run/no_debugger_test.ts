/** Tests that SIGUSR1 does not open Deno's debugger, which every user of the machine could connect to. */
import assert from "node:assert/strict";
import { constants } from "node:os";
import { join } from "node:path";
import { findSource } from "../../src/run/system/gpus_here.ts";
import { descendants } from "../../src/run/system/process_tree.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, eventually, isAlive, isTrainer, JsonRun } from "../process.ts";
import { CAN_STAND_IN, STAND_INS_NEED } from "../engine/cuda/stand_ins.ts";
import { needs, withTemporaryFolder } from "../support.ts";
import { withGpuTrainer } from "./gpu_trainer.ts";
import { ENDLESS, SMALL_RUN } from "./small_run.ts";

await tensorflowEngine();

const ignore = Deno.build.os !== "linux";
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Deno installs its handler 500 ms after the start, so this is long enough. */
const INSTALLED_MS = 1000;

/** Returns the TCP ports on which a process listens. */
function ports(pid: number): number[] {
  const links = [...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/${pid}/fd/${name}`);
    } catch {
      return "";
    }
  });
  const LISTENS = "0A";
  return ["tcp", "tcp6"].flatMap((table) =>
    Deno.readTextFileSync(`/proc/${pid}/net/${table}`).trim().split("\n").slice(1).flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const listens = fields[3] === LISTENS && links.includes(`socket:[${fields[9]}]`);
      return listens ? [Number.parseInt(fields[1]?.split(":")[1] ?? "", 16)] : [];
    })
  );
}

/** Returns whether a signal is in the mask of those that a process ignores or catches. */
function mask(pid: number, name: "SigIgn" | "SigCgt", signal: "SIGUSR1" | "SIGHUP"): boolean {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const [, bits] = new RegExp(`^${name}:\\s*([0-9a-f]+)$`, "m").exec(status) ?? [];
  assert.ok(bits !== undefined);
  return ((BigInt(`0x${bits}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}

function withRun(flags: readonly string[], body: (run: JsonRun) => Promise<void>): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const args = ["train", ...SMALL_RUN, ...ENDLESS, ...flags, "--runs", join(folder, "runs")];
    const run = new JsonRun(args, { env: emptyFeatureCache(folder) });
    try {
      await body(run);
    } finally {
      run.kill("SIGTERM");
      await run.status();
    }
  });
}

Deno.test({
  name: `the search for ports finds a port that is listened on${needs("Linux")}`,
  ignore,
  fn: () => {
    using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    assert.ok(ports(Deno.pid).includes(listener.addr.port));
  },
});

Deno.test({
  name: `a plain Deno program catches SIGUSR1 even if its parent ignored the signal${needs("Linux")}`,
  ignore,
  fn: async () => {
    const script = 'trap "" USR1; exec "$0" eval "setTimeout(() => {}, 60_000)"';
    const bare = new Deno.Command("/bin/sh", { args: ["-c", script, Deno.execPath()], stderr: "null", stdout: "null" })
      .spawn();
    try {
      await eventually("Deno's handler", () => mask(bare.pid, "SigCgt", "SIGUSR1"), 20_000);
      assert.equal(mask(bare.pid, "SigIgn", "SIGUSR1"), false);
    } finally {
      bare.kill("SIGKILL");
      await bare.status;
    }
  },
});

Deno.test({
  name: `viewer, trainer and extractor listen on no port and survive SIGUSR1${needs("Linux")}`,
  ignore,
  fn: async () => {
    // Larger images keep the extractor running long enough.
    await withRun(["--size", "160"], async (run) => {
      await run.until("progress", ({ phase }) => phase === "extract");
      await pause(INSTALLED_MS);
      const family = [run.pid, ...descendants(run.pid)];
      // Only a machine with an NVIDIA GPU has the process that reads its figures.
      assert.ok(family.length === 3 || (family.length > 3 && findSource() !== null), `${family.length} processes`);
      for (const pid of family) {
        assert.deepEqual([mask(pid, "SigIgn", "SIGUSR1"), ports(pid)], [true, []]);
        Deno.kill(pid, "SIGUSR1");
      }
      await pause(500);
      assert.deepEqual(family.map((pid) => [isAlive(pid), ports(pid)]), family.map(() => [true, []]));
    });
  },
});

Deno.test({
  name: `repeated SIGUSR1 in the trainer's first second opens no port and does not end it${needs("Linux")}`,
  ignore,
  fn: async () => {
    await withRun([], async (run) => {
      const found = () => descendants(run.pid).find(isTrainer) ?? 0;
      let trainer = 0;
      await eventually("the trainer's process", () => (trainer = found()) > 0, 20_000);
      for (const until = performance.now() + 2 * INSTALLED_MS; performance.now() < until; await pause(1)) {
        Deno.kill(trainer, "SIGUSR1");
      }
      assert.deepEqual([isAlive(trainer), ports(trainer)], [true, []]);
      await run.until("epoch");
    });
  },
});

Deno.test({
  name: `the process that reads the GPUs listens on no port and survives SIGUSR1${needs(STAND_INS_NEED)}`,
  ignore: !CAN_STAND_IN,
  fn: () =>
    withGpuTrainer({}, async ({ reporter }) => {
      // A signal in the milliseconds in which no_debugger.ts is loaded may end the process. It is then started again.
      await pause(2 * INSTALLED_MS);
      Deno.kill(reporter, "SIGUSR1");
      await pause(500);
      assert.deepEqual([mask(reporter, "SigIgn", "SIGUSR1"), isAlive(reporter), ports(reporter)], [true, true, []]);
    }),
});

Deno.test("every process disables the debugger before it loads anything else", () => {
  const programs = {
    "main.ts": "./src/",
    "src/run/trainer_main.ts": "../",
    "src/features/extractor_main.ts": "../",
    "src/engine/tensorflow/try_addon.ts": "../../",
    "src/engine/openvino/try_libraries.ts": "../../",
    "src/engine/cuda/try_driver.ts": "../../",
    "src/engine/cuda/try_gpu.ts": "../../",
    "src/engine/webgpu/try_adapter.ts": "../../",
    "src/run/system/report_gpus.ts": "../../",
  };
  for (const [program, up] of Object.entries(programs)) {
    const imports = Deno.readTextFileSync(join(PROJECT_ROOT, program)).matchAll(/^import (?:.* from )?"([^"]+)";$/gm);
    // Only the inherited handling of SIGHUP has to be read even earlier.
    const [first] = [...imports].flatMap(([, from = ""]) => (from.endsWith("/hang_up.ts") ? [] : [from]));
    assert.equal(first, `${up}no_debugger.ts`, program);
  }
});

Deno.test("background watchers do not keep a process alive", async () => {
  const at = (path: string) => JSON.stringify(join(PROJECT_ROOT, "src", path));
  const code = `
    await import(${at("no_debugger.ts")});
    const { SystemWatch } = await import(${at("run/system/system_watch.ts")});
    const { OwnerWatch } = await import(${at("run/control/owner_watch.ts")});
    new SystemWatch(() => {}, { gpus: { ask: () => new Promise(() => {}), stop() {} } });
    new OwnerWatch(${Deno.pid}, () => {});
    console.log("over");`;
  const { code: status, signal, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", "--config", join(PROJECT_ROOT, "deno.json"), code],
    signal: AbortSignal.timeout(20_000),
  }).output();
  assert.deepEqual([status, signal, new TextDecoder().decode(stdout)], [0, null, "over\n"]);
});
