import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { memoryLimit } from "../../src/doctor/linux.ts";
import { processorFeatures } from "../../src/engine/processor.ts";
import { killsUserProcesses } from "../../src/doctor/logind.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("doctor: processor features come from /proc/cpuinfo's flags, whole words only", () => {
  const cpuinfo = "processor\t: 0\nflags\t\t: fpu avx2 fma avx512f avx512_bf16 amx_tile amx_bf16\nbugs\t: none\n";
  assert.deepEqual(processorFeatures(cpuinfo), ["AVX2", "FMA", "AVX-512", "AVX512_BF16", "AMX_BF16"]);
  assert.deepEqual(processorFeatures("flags : fpu avx avx2x fma4"), []);
  assert.deepEqual(processorFeatures(""), []);
});

Deno.test("doctor: a control group's memory limit", () => {
  assert.equal(memoryLimit("2147483648\n", 16e9), 2147483648);
  assert.equal(memoryLimit("max\n", 16e9), null);
  assert.equal(memoryLimit("9223372036854771712\n", 16e9), null);
  assert.equal(memoryLimit("", 16e9), null);
});

const SESSION = "0::/user.slice/user-1000.slice/session-3.scope\n";
const MANAGER = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope\n";

for (
  const [name, files, cgroup, lingers, expected] of [
    ["not set", ["[Login]\n#KillUserProcesses=yes\n"], SESSION, false, false],
    ["set", ["[Login]\nKillUserProcesses=yes\n"], SESSION, false, true],
    ["set, and lingering alone does not help", ["KillUserProcesses = yes"], SESSION, true, true],
    ["set, in a scope of a lingering user's manager", ["KillUserProcesses=yes"], MANAGER, true, false],
    ["a manager's scope ends with the manager where nobody lingers", [], MANAGER, false, true],
    ["a later file wins", ["KillUserProcesses=yes", "KillUserProcesses=no"], SESSION, false, false],
    ["no control groups", ["KillUserProcesses=yes"], "", false, true],
  ] as const
) {
  Deno.test(`doctor: KillUserProcesses, ${name}`, () => {
    assert.equal(killsUserProcesses(files, cgroup, lingers), expected);
  });
}

Deno.test("doctor: on the real machine it reports every subject, writes nothing and ends with 0", () =>
  withTemporaryFolder(async (folder) => {
    const script = join(PROJECT_ROOT, "src", "commands", "doctor.ts");
    const code = `const { doctor } = await import(${JSON.stringify(script)}); Deno.exit(await doctor(console.log));`;
    const { code: status, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--config", join(PROJECT_ROOT, "deno.json"), code],
      env: { XDG_CACHE_HOME: folder, XDG_RUNTIME_DIR: folder },
    }).output();
    const text = new TextDecoder().decode(stdout);
    for (const name of ["Deno", "engine", "processor", "memory", "cache", "weights", "data", "terminal"]) {
      assert.match(text, new RegExp(`^(?:ok|note|missing) +${name} +\\S`, "m"));
    }
    assert.match(text, /Training can start: deno task train\n$/);
    assert.equal(status, 0);
    assert.equal(existsSync(join(folder, "headlight")), false, "neither cache nor sockets");
  }));
