/** What `engine` finds out about engines without setting them up. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { engines } from "../../src/engine/engines/list.ts";
import { inspectOpenvino } from "../../src/engine/openvino/inspect.ts";
import { setUpOpenvino } from "../../src/engine/openvino/setup.ts";
import { inspectTensorflow } from "../../src/engine/tensorflow/inspect.ts";
import { setUpTensorflow } from "../../src/engine/tensorflow/setup.ts";
import { folderSize } from "../../src/files/folder_size.ts";
import { packageVersion } from "../../src/engine/packages.ts";
import { inspectWebgpu } from "../../src/engine/webgpu/inspect.ts";
import { setUpWebgpu } from "../../src/engine/webgpu/setup.ts";
import { withTemporaryFolder } from "../support.ts";
import { FOUND, NO_DRIVERS, SOFTWARE, webgpuTest } from "../webgpu.ts";
import { SmallMachine } from "./small_machine.ts";

function machineTest(name: string, body: (machine: SmallMachine) => Promise<void>): void {
  Deno.test(`engine's list: ${name}`, () => withTemporaryFolder((folder) => body(new SmallMachine(folder))));
}

machineTest("TensorFlow that is not set up shows the version and size of its download", async (machine) => {
  const { wheel } = machine;
  const missing = {
    here: false,
    version: "2.21.0",
    device: "cpu",
    bytes: 0,
    downloadBytes: wheel.bytes,
    problem: null,
  };
  assert.deepEqual(inspectTensorflow(machine.options()), missing);
  assert.deepEqual(machine.calls(), []);
  const { addon } = (await setUpTensorflow(machine.options())).files;
  const calls = machine.calls();
  assert.deepEqual(inspectTensorflow(machine.options()), {
    ...missing,
    here: true,
    bytes: folderSize(dirname(addon)),
    downloadBytes: 0,
  });
  assert.deepEqual(machine.calls(), calls);
});

machineTest("a TensorFlow in a named folder is here once its addon is, and downloads nothing", async (machine) => {
  const folder = machine.installPackage("2.18.0");
  const named = machine.options({ verify: () => Promise.resolve({ version: "2.18.0", device: "cpu" }) });
  assert.deepEqual(inspectTensorflow({ ...named, folder }), {
    ...{ here: false, version: null, device: null, bytes: 0, downloadBytes: 0, problem: null },
  });
  await setUpTensorflow({ ...named, folder });
  const { here, version } = inspectTensorflow({ ...named, folder });
  assert.deepEqual([here, version], [true, "2.18.0"]);
  assert.throws(() => inspectTensorflow({ ...named, folder: join(folder, "nowhere") }), /no TensorFlow in/);
});

machineTest("the device of a CUDA build is not known before it is loaded", async (machine) => {
  const path = machine.installPackage("2.21.0");
  Deno.writeTextFileSync(join(path, "libtensorflow_cc.so.2"), "cuDeviceGetCount");
  await setUpTensorflow({ ...machine.options(), folder: path });
  assert.equal(inspectTensorflow({ ...machine.options(), folder: path }).device, null);
});

machineTest(
  "OpenVINO is here once both it and TensorFlow are, and downloads what is missing of both",
  async (machine) => {
    const options = machine.openvinoOptions();
    const { wheel, openvino } = machine;
    const missing = { here: false, version: "2026.4.1", device: "cpu", bytes: 0, problem: null };
    assert.deepEqual(inspectOpenvino(options), { ...missing, downloadBytes: openvino.bytes + wheel.bytes });
    await setUpTensorflow(options);
    assert.deepEqual(inspectOpenvino(options), { ...missing, downloadBytes: openvino.bytes });
    const { libraries, trainer } = (await setUpOpenvino(options)).files;
    const bytes = folderSize(libraries);
    assert.deepEqual(inspectOpenvino(options), { ...missing, here: true, bytes, downloadBytes: 0 });
    Deno.removeSync(join(dirname(trainer.addon), "stamp.json"));
    assert.deepEqual(inspectOpenvino(options), { ...missing, bytes, downloadBytes: wheel.bytes });
  },
);

machineTest("why an engine cannot be set up is found out without setting it up", (machine) => {
  const windows = { platform: "windows-x86_64", wheel: null };
  assert.match(inspectTensorflow(machine.options(windows)).problem ?? "", /run Headlight inside WSL2\.$/);
  const old = { platform: "linux-x86_64", cpuinfo: "flags : sse4_2", glibc: "2.17" };
  assert.match(inspectOpenvino(machine.openvinoOptions({ machine: old })).problem ?? "", /glibc 2\.17/);
  const none = inspectOpenvino(machine.openvinoOptions({ openvino: null }));
  assert.deepEqual([none.here, none.version, none.problem?.includes("no OpenVINO wheel")], [false, null, true]);
  return Promise.resolve();
});

machineTest("inspecting any engine writes nothing", async (machine) => {
  for (const entry of Object.values(engines)) {
    const { here } = await entry.inspect({ cacheRoot: machine.cacheRoot });
    assert.equal(here, entry === engines.wasm);
  }
  assert.throws(() => Deno.statSync(machine.cacheRoot), Deno.errors.NotFound);
});

machineTest(
  "WebGPU is here where a GPU can be used and TensorFlow is set up, whose download is the only one",
  async (machine) => {
    const none = await inspectWebgpu({
      ...machine.options(),
      detection: { libvulkan: "/nowhere/libvulkan.so.1", env: NO_DRIVERS },
    });
    const missing = { here: false, device: "gpu", deviceName: null, bytes: 0, downloadBytes: machine.wheel.bytes };
    const { version, problem, ...rest } = none;
    assert.deepEqual(rest, missing);
    assert.equal(version, packageVersion("@tensorflow/tfjs-backend-webgpu"));
    assert.match(problem ?? "", /^WebGPU finds no GPU/);
    assert.deepEqual(machine.calls(), []);
  },
);

Deno.test(webgpuTest(
  "engine's list: WebGPU names the GPU, and needs TensorFlow beside it",
  () =>
    withTemporaryFolder(async (folder) => {
      const machine = new SmallMachine(folder);
      const options = { ...machine.options(), detection: { env: SOFTWARE } };
      assert.ok(FOUND.kind === "usable");
      const { here, deviceName, problem } = await inspectWebgpu(options);
      assert.deepEqual([here, deviceName, problem], [false, FOUND.adapter.name, null]);
      const { files, notices } = await setUpWebgpu(options);
      assert.deepEqual([files.device_name, files.trainer.kind], [FOUND.adapter.name, "tensorflow"]);
      assert.equal(notices.length, FOUND.adapter.software ? 1 : 0);
      assert.deepEqual([(await inspectWebgpu(options)).here, (await inspectWebgpu(options)).downloadBytes], [true, 0]);
      // A GPU that cannot be used is refused before TensorFlow is set up.
      const other = new SmallMachine(join(folder, "other"));
      await assert.rejects(setUpWebgpu({ ...other.options(), detection: { env: { ...SOFTWARE, ...NO_DRIVERS } } }), {
        name: "HeadlightError",
        exitStatus: 1,
        message: /^WebGPU finds no GPU, because no Vulkan driver here reports one\. /,
      });
      assert.deepEqual(other.calls(), []);
    }),
));
