import assert from "node:assert/strict";
import {
  allowsSoftware,
  detectionOf,
  type WebgpuDetection,
  webgpuLine,
  type WebgpuObstacle,
  type WebgpuPlace,
} from "../../../src/engine/webgpu/adapter.ts";
import { type AdapterFacts, LIMITS, type Limits, type WebgpuFacts } from "../../../src/engine/webgpu/facts.ts";

const limits = Object.fromEntries(LIMITS.map((name) => [name, 1024])) as Limits;
const RADEON: AdapterFacts = { name: "AMD Radeon RX 7900 XTX", software: false, limits };
const LLVMPIPE: AdapterFacts = { name: "llvmpipe", software: true, limits };

const DECISIONS: readonly (readonly [string, Partial<WebgpuFacts>, boolean, WebgpuDetection])[] = [
  ["a GPU is used", {}, false, { kind: "usable", adapter: RADEON }],
  ["a Deno without WebGPU", { supported: false, adapter: null }, false, { kind: "no webgpu" }],
  ["no adapter", { adapter: null }, true, { kind: "no adapter" }],
  ["a software adapter is refused", { adapter: LLVMPIPE }, false, { kind: "software", name: "llvmpipe" }],
  ["a software adapter that is allowed is used", { adapter: LLVMPIPE }, true, { kind: "usable", adapter: LLVMPIPE }],
  ["an adapter without a device", { refused: "limit" }, false, { kind: "no device", name: RADEON.name, why: "limit" }],
  [
    "a software adapter without a device is refused as software",
    { adapter: LLVMPIPE, refused: "limit" },
    false,
    { kind: "software", name: "llvmpipe" },
  ],
];

for (const [name, facts, allowed, expected] of DECISIONS) {
  Deno.test(`WebGPU's adapter: ${name}`, () => {
    assert.deepEqual(detectionOf({ supported: true, adapter: RADEON, refused: null, ...facts }, allowed), expected);
  });
}

Deno.test("the variable that allows a software adapter does so with any value but none, an empty one and 0", () => {
  assert.deepEqual([undefined, "", "0", "1", "yes"].map(allowsSoftware), [false, false, false, true, true]);
});

const LINES: readonly (readonly [WebgpuObstacle, WebgpuPlace, RegExp])[] = [
  [{ kind: "no webgpu" }, "linux", /^this Deno has no WebGPU\. Install Deno 2\.9 or later, or use/],
  [
    { kind: "no loader" },
    "linux",
    /no Vulkan loader: libvulkan\.so\.1 was not found\. Install libvulkan1 and the Vulkan driver of your GPU \(/,
  ],
  [
    { kind: "no loader" },
    "container",
    /Install libvulkan1 in the container, and start it with access to the GPU \(NVIDIA: docker/,
  ],
  [{ kind: "no adapter" }, "linux", /no Vulkan driver here reports one\. Install the Vulkan driver of your GPU/],
  [{ kind: "software", name: "llvmpipe" }, "container", /processor\. Start the container with access to the GPU/],
  [{ kind: "no adapter" }, "wsl2", /reaches the GPU from WSL2/],
  [{ kind: "no adapter" }, "macos", /^WebGPU finds no GPU\. Use a Mac whose GPU supports Metal, or use/],
  [
    { kind: "software", name: "llvm\x1b[31mpipe" },
    "linux",
    /^the only GPU that WebGPU finds is llvmpipe, a driver that computes on the processor\. Install the Vulkan driver of your GPU/,
  ],
  [
    { kind: "no device", name: "Radeon", why: "a limit" },
    "linux",
    /^Radeon cannot be used through WebGPU: a limit\. Run vulkaninfo/,
  ],
  [{ kind: "crashed", signal: "SIGSEGV" }, "linux", /^the GPU's driver crashed with SIGSEGV\. Run vulkaninfo/],
  [{ kind: "hung", limitMs: 1500 }, "container", /did not answer within 1\.5 s\. Run vulkaninfo .* in the container/],
  [{ kind: "failed", why: "exit status 1" }, "macos", /could not be tested: exit status 1\. Restart the Mac/],
];

for (const [obstacle, place, expected] of LINES) {
  Deno.test(`WebGPU's adapter: what to do about "${obstacle.kind}" on ${place}`, () => {
    const line = webgpuLine(obstacle, place);
    assert.match(line, expected);
    assert.match(line, /^\P{Cc}*, or use --engine tensorflow\.$/u);
  });
}
