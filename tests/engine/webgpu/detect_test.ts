/** Tests the search for a WebGPU adapter, in real processes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../../src/paths.ts";
import { detectWebgpu } from "../../../src/engine/webgpu/detect.ts";
import { needs, withTemporaryFolder } from "../../support.ts";
import { FOUND, NO_DRIVERS, SOFTWARE, webgpuTest } from "../../webgpu.ts";

Deno.test(webgpuTest("an adapter is found with its name and the limits that are requested of its device", async () => {
  const found = await detectWebgpu({ env: SOFTWARE });
  assert.ok(found.kind === "usable");
  const { name, limits } = found.adapter;
  assert.notEqual(name, "");
  // WebGPU guarantees as much to every device.
  assert.ok(limits.maxStorageBufferBindingSize >= 2 ** 27 && limits.maxComputeWorkgroupsPerDimension >= 65_535);
}));

Deno.test(
  webgpuTest("a Vulkan loader without a driver is no adapter, and no other backend is taken in its place", async () => {
    assert.deepEqual(await detectWebgpu({ env: { ...SOFTWARE, ...NO_DRIVERS } }), { kind: "no adapter" });
  }),
);

Deno.test(webgpuTest("a software adapter is refused unless the variable allows it", async () => {
  assert.ok(FOUND.kind === "usable");
  const { name, software } = FOUND.adapter;
  const found = await detectWebgpu({ env: { HEADLIGHT_WEBGPU_SOFTWARE: "" } });
  assert.deepEqual(found, software ? { kind: "software", name } : FOUND);
}));

/** A program in the place of the one that asks the driver. */
async function withProgram(text: string, limitMs?: number) {
  return await withTemporaryFolder(async (folder) => {
    const program = join(folder, "program.ts");
    Deno.writeTextFileSync(program, text);
    // A library that is there, so that the program is started.
    return await detectWebgpu({ program, libvulkan: join(PROJECT_ROOT, "deno.json"), limitMs });
  });
}

Deno.test({
  name: `without a Vulkan loader no process is started${Deno.build.os === "linux" ? "" : needs("Linux")}`,
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const found = await detectWebgpu({ libvulkan: "/nowhere/libvulkan.so.1", program: "/nowhere/program.ts" });
    assert.deepEqual(found, { kind: "no loader" });
  },
});

Deno.test("a driver that crashes, hangs or fails ends only the process that asked it", async () => {
  const crash = 'Deno.kill(Deno.pid, "SIGKILL"); await new Promise(() => setInterval(() => {}, 1000));';
  assert.deepEqual(await withProgram(crash), { kind: "crashed", signal: "SIGKILL" });
  const hang = "await new Promise(() => setInterval(() => {}, 1000));";
  assert.deepEqual(await withProgram(hang, 500), { kind: "hung", limitMs: 500 });
  assert.deepEqual(await withProgram('console.error("broken"); Deno.exit(3);'), { kind: "failed", why: "broken" });
  assert.deepEqual(await withProgram("Deno.exit(3);"), { kind: "failed", why: "exit status 3" });
});

Deno.test("what a driver prints beside the facts is ignored, and asking can be aborted", async () => {
  const facts = { supported: true, adapter: null, refused: null };
  const noisy = `console.log("driver: hello"); console.log(${JSON.stringify(JSON.stringify(facts))});`;
  assert.deepEqual(await withProgram(noisy), { kind: "no adapter" });
  await assert.rejects(detectWebgpu({ signal: AbortSignal.abort(new Error("stop")) }), { message: "stop" });
});
