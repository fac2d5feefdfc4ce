/** Tests which of a machine's GPUs counts as the run's. */
import assert from "node:assert/strict";
import type { SeenGpu } from "../../../src/run/system/gpu_source.ts";
import { type GpuOfEngine, usedGpu } from "../../../src/run/system/used_gpu.ts";

function gpu(name: string, bus: number | null, ...pids: number[]): SeenGpu {
  const pciBusId = bus === null ? null : `00000000:0${bus}:00.0`;
  const figures = { utilization_percent: 0, memory_used_bytes: 0, memory_total_bytes: 1 };
  return { name, ...figures, temperature_celsius: 0, power_watts: 0, pciBusId, pids };
}

const H100 = "NVIDIA H100 80GB HBM3";
const EIGHT = Array.from({ length: 8 }, (_, index) => gpu(H100, index + 1));
const cuda = (pci_bus_id: string): GpuOfEngine => ({ device: "gpu", device_name: H100, pci_bus_id });
const webgpu: GpuOfEngine = { device: "gpu", device_name: H100 };

const CASES: readonly [string, readonly SeenGpu[], GpuOfEngine, number | null][] = [
  ["a run on the processor uses none", EIGHT, { device: "cpu" }, null],
  ["CUDA's address tells which of eight equal GPUs", EIGHT, cuda("0000:04:00.0"), 3],
  [
    "capital letters in an address do not matter",
    [gpu(H100, null), { ...gpu(H100, 1), pciBusId: "00000000:AB:00.0" }],
    cuda("0000:ab:00.0"),
    1,
  ],
  ["another domain of the PCI bus is another GPU", EIGHT, cuda("0001:04:00.0"), null],
  [
    "an address that no GPU has marks none, not even the only one of that name",
    [gpu(H100, 1)],
    cuda("0000:09:00.0"),
    null,
  ],
  ["WebGPU uses the only GPU of its name", [gpu("NVIDIA T400", 1), gpu(H100, 2)], webgpu, 1],
  [
    "of several with the name of WebGPU's, the one with a process of the run",
    [gpu(H100, 1, 5), gpu(H100, 2, 77)],
    webgpu,
    1,
  ],
  [
    "several with the name and none with a process of the run cannot be told apart",
    [gpu(H100, 1, 5), gpu(H100, 2)],
    webgpu,
    null,
  ],
  ["WebGPU on another maker's GPU uses none of NVIDIA's", EIGHT, { device: "gpu", device_name: "AMD Radeon" }, null],
];

for (const [name, gpus, engine, expected] of CASES) {
  Deno.test(`the GPU of a run: ${name}`, () => {
    assert.equal(usedGpu(gpus, engine, [77, 78]), expected);
  });
}
