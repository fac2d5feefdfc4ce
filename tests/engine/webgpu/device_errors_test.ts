/** Tests that errors of a real WebGPU device are found, which never throws by itself. */
import assert from "node:assert/strict";
import { DeviceErrors } from "../../../src/engine/webgpu/device_errors.ts";
import { requestGpu } from "../../../src/engine/webgpu/request_gpu.ts";
import { webgpuTest } from "../../webgpu.ts";

/** Runs `body` with a device of its own. */
async function withDevice(body: (device: GPUDevice, errors: DeviceErrors) => Promise<void>): Promise<void> {
  const { gpu } = await requestGpu();
  assert.ok(gpu);
  await body(gpu.device, new DeviceErrors(gpu.device, "Test GPU"));
  gpu.device.destroy();
}

/** A buffer without any use is an error of validation. */
const badBuffer = (device: GPUDevice) => device.createBuffer({ size: 16, usage: 0 });

const LINE =
  /^Test GPU reported an error, so the features of this batch may be wrong: [^\n]+ Use --engine tensorflow\.$/;

Deno.test(webgpuTest(
  "an error during a call fails that call with a line, and not the next one",
  () =>
    withDevice(async (device, errors) => {
      const work = () => {
        badBuffer(device);
        return Promise.resolve(1);
      };
      await assert.rejects(errors.during(work), { name: "HeadlightError", exitStatus: 1, message: LINE });
      assert.equal(await errors.during(() => Promise.resolve(2)), 2);
    }),
));

Deno.test(webgpuTest(
  "an error outside of all calls fails every later call, because its tensors may be wrong",
  () =>
    withDevice(async (device, errors) => {
      const reported = new Promise((resolve) => device.addEventListener("uncapturederror", resolve, { once: true }));
      badBuffer(device);
      await reported;
      for (let call = 0; call < 2; call++) {
        await assert.rejects(errors.during(() => Promise.resolve(1)), { name: "HeadlightError", message: LINE });
      }
    }),
));

Deno.test(
  webgpuTest(
    "what the work throws is thrown on, unless the device says why",
    () =>
      withDevice(async (device, errors) => {
        const thrown = new Error("a shape");
        await assert.rejects(errors.during(() => Promise.reject(thrown)), (error) => error === thrown);
        await assert.rejects(
          errors.during(() => {
            badBuffer(device);
            throw thrown;
          }),
          { name: "HeadlightError", message: LINE },
        );
      }),
  ),
);

Deno.test(webgpuTest("a device that was lost fails the call", () =>
  withDevice(async (device, errors) => {
    device.destroy();
    await device.lost;
    await assert.rejects(errors.during(() => Promise.resolve(1)), { name: "HeadlightError", message: /it was lost/ });
  })));
