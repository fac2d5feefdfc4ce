import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { memoryLimit, processorFeatures } from "../../src/doctor/linux.ts";
import { killsUserProcesses } from "../../src/doctor/logind.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("doctor: processor features come from /proc/cpuinfo's flags, whole words only", () => {
  const cpuinfo = "processor\t: 0\nflags\t\t: fpu avx2 fma avx512f avx512_bf16 amx_tile\nbugs\t: none\n";
  assert.deepEqual(processorFeatures(cpuinfo), ["AVX2", "FMA", "AVX-512", "AVX512_BF16", "AMX"]);
  assert.deepEqual(processorFeatures("flags : fpu avx avx2x fma4"), []);
  assert.deepEqual(processorFeatures(""), []);
});

Deno.test("doctor: a control group's memory limit", () => {
  assert.equal(memoryLimit("2147483648\n", 16e9), 2147483648);
  assert.equal(memoryLimit("max\n", 16e9), null);
  assert.equal(memoryLimit("9223372036854771712\n", 16e9), null);
  assert.equal(memoryLimit("", 16e9), null);
});

for (
  const [name, files, lingers, expected] of [
    ["not set", ["[Login]\n#KillUserProcesses=yes\n"], false, false],
    ["set", ["[Login]\nKillUserProcesses=yes\n"], false, true],
    ["set, user lingers", ["KillUserProcesses = yes"], true, false],
    ["a later file wins", ["KillUserProcesses=yes", "KillUserProcesses=no"], false, false],
  ] as const
) {
  Deno.test(`doctor: KillUserProcesses, ${name}`, () => assert.equal(killsUserProcesses(files, lingers), expected));
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
