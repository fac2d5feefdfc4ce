/** Tests the choice of where GPU figures come from. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LIBNVML } from "../../../src/engine/cuda/driver.ts";
import { findSource } from "../../../src/run/system/gpus_here.ts";
import { withTemporaryFolder } from "../../support.ts";

interface Machine {
  readonly library?: boolean;
  readonly deviceFile?: string;
  /** Vendor and class of a device on the PCI bus. */
  readonly pci?: readonly [string, string];
}

const GPU = ["0x10de", "0x030200"] as const;

const CASES: readonly [string, Machine, ReturnType<typeof findSource>][] = [
  ["a machine without NVIDIA's driver pays nothing, whatever is on its PCI bus", { pci: GPU }, null],
  ["a library without a GPU starts no process", { library: true, pci: ["0x8086", "0x030000"] }, null],
  ["a sound device of NVIDIA's is no GPU", { library: true, pci: ["0x10de", "0x040300"] }, null],
  ["a GPU with the library is asked through it", { library: true, deviceFile: "nvidiactl", pci: GPU }, "libnvidia-ml"],
  ["a GPU whose kernel module is not loaded yet is asked", { library: true, pci: GPU }, "libnvidia-ml"],
  [
    "a container that hides the PCI bus has the device file",
    { library: true, deviceFile: "nvidiactl" },
    "libnvidia-ml",
  ],
  ["WSL2 with the library on the search path", { library: true, deviceFile: "dxg" }, "libnvidia-ml"],
  ["a driver whose library the loader does not find is asked by nvidia-smi", { deviceFile: "nvidiactl" }, "nvidia-smi"],
];

for (const [name, { library = false, deviceFile, pci }, expected] of CASES) {
  Deno.test(`GPU figures: ${name}`, () =>
    withTemporaryFolder((folder) => {
      const [devices, bus, libraries] = ["dev", "pci", "lib"].map((part) => join(folder, part));
      if (devices === undefined || bus === undefined || libraries === undefined) throw new Error("no folders");
      for (const path of [devices, bus, libraries, join(bus, "0000:01:00.0")]) mkdirSync(path);
      if (library) writeFileSync(join(libraries, LIBNVML), "");
      if (deviceFile) writeFileSync(join(devices, deviceFile), "");
      const [vendor, kind] = pci ?? ["0x1af4", "0x010000"];
      writeFileSync(join(bus, "0000:01:00.0", "vendor"), `${vendor}\n`);
      writeFileSync(join(bus, "0000:01:00.0", "class"), `${kind}\n`);
      assert.equal(findSource({ devices, pci: bus, library: join(libraries, LIBNVML) }), expected);
    }));
}

Deno.test("GPU figures: a machine without a PCI bus and without device files has none", () => {
  assert.equal(findSource({ devices: "/nowhere", pci: "/nowhere", library: "/nowhere/lib.so" }), null);
});
