/** Ctrl-C in `evaluate`, `predict` and `compare`: they end at once with 130, without a stack trace, and leave nothing behind. */
import assert from "node:assert/strict";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { eventually, headlightArgs, isAlive } from "../process.ts";
import { withImageRun } from "./image_run.ts";

const FLAGS = [
  "--base",
  "squeezenet11",
  "--weights",
  "random",
  "--size",
  "64",
  "--engine",
  "tensorflow",
  "--epochs",
  "1",
];

/** Starts a command, calls `ready`, sends SIGINT and returns what came out. Fails if the command takes long to end. */
async function interrupted(
  args: readonly string[],
  env: Record<string, string>,
  ready: (pid: number) => Promise<void>,
) {
  const command = new Deno.Command(Deno.execPath(), {
    args: headlightArgs(args),
    ...{ cwd: PROJECT_ROOT, env: { NO_COLOR: "1", ...env }, stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
  await ready(command.pid);
  const sinceMs = performance.now();
  command.kill("SIGINT");
  const { code, stderr } = await command.output();
  assert.ok(performance.now() - sinceMs < 5000, `it took ${performance.now() - sinceMs} ms`);
  return { status: code, stderr: new TextDecoder().decode(stderr) };
}

const ARGS: Readonly<Record<string, (directory: string, data: string) => string[]>> = {
  evaluate: (directory, data) => [directory, "--data", join(data, "val")],
  predict: (directory, data) => [directory, data],
  compare: (directory) => {
    cpSync(directory, `${directory}-copy`, { recursive: true });
    return [directory, `${directory}-copy`];
  },
};

for (const [command, argumentsOf] of Object.entries(ARGS)) {
  const argsOf = (directory: string, data: string) => [command, ...argumentsOf(directory, data)];

  Deno.test(`Ctrl-C while ${command} sets an engine up ends the setup and its processes, with 130 and no stack trace`, () =>
    withImageRun(FLAGS, async ({ directory, data, env }) => {
      const cache = join(env["XDG_CACHE_HOME"] ?? "", "other");
      Deno.mkdirSync(cache);
      const pid = join(cache, "pid");
      // A Python that never ends. The setup starts it in a process group of its own.
      const script = `#!/bin/sh\necho $$ > "${pid}"\nexec sleep 600\n`;
      Deno.writeTextFileSync(join(cache, "python3"), script, { mode: 0o755 });
      const other = { XDG_CACHE_HOME: cache, HEADLIGHT_TENSORFLOW: "", PATH: `${cache}:${Deno.env.get("PATH")}` };
      const { status, stderr } = await interrupted(
        argsOf(directory, data),
        other,
        () => eventually("Python is started", () => existsSync(pid) && Deno.readTextFileSync(pid) !== "", 30_000),
      );
      assert.equal(status, 130, stderr);
      assert.doesNotMatch(stderr, /^\s+at |Error/m);
      assert.equal(isAlive(Number(Deno.readTextFileSync(pid))), false, "Python outlived the command");
      const engines = join(cache, "headlight", "engines");
      const left = existsSync(engines) ? [...Deno.readDirSync(engines)].filter(({ isDirectory }) => isDirectory) : [];
      assert.deepEqual(left, []);
    }));

  Deno.test(`Ctrl-C while ${command} computes images ends it at once, with 130 and no stack trace`, () =>
    withImageRun(FLAGS, async ({ directory, data, env }) => {
      const { status, stderr } = await interrupted(argsOf(directory, data), env, async (pid) => {
        // TensorFlow is loaded: from here on it computes.
        const maps = () => Deno.readTextFileSync(`/proc/${pid}/maps`);
        await eventually("TensorFlow is loaded", () => maps().includes("tfjs_binding.node"), 30_000);
      });
      assert.equal(status, 130, stderr);
      assert.doesNotMatch(stderr, /^\s+at |Error/m);
    }));
}
