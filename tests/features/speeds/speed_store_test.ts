import assert from "node:assert/strict";
import { join } from "node:path";
import {
  keepSpeed,
  listSpeeds,
  type Machine,
  readSpeed,
  speedFile,
  speedsFolder,
  speedsOf,
} from "../../../src/features/speeds/speed_store.ts";
import { EXTRACTOR_VERSION } from "../../../src/features/base/spec.ts";
import { sealedJson } from "../../../src/files/sealed_json.ts";
import { bytesFlipped, cuts, places, putPipe } from "../../damage.ts";
import { withTemporaryFolder } from "../../support.ts";

const MACHINE: Machine = { processor: { model: "AMD EPYC", features: ["AVX2"] }, cores: 2 };
const ENGINE = { kind: "tensorflow", version: "2.21.0", device: "cpu" } as const;

function keep(root: string, imagesPerSecond: number, machine: Machine = MACHINE) {
  return keepSpeed(root, { engine: ENGINE, precision: "float32", imagesPerSecond }, machine);
}

function files(root: string): string[] {
  return [...Deno.readDirSync(speedsFolder(root))].map(({ name }) => join(speedsFolder(root), name));
}

Deno.test("a measured speed is found again, and a later one of the same engine and precision replaces it", async () => {
  await withTemporaryFolder((root) => {
    assert.deepEqual(listSpeeds(root, MACHINE), []);
    keep(root, 100);
    const second = keep(root, 120);
    assert.deepEqual(listSpeeds(root, MACHINE), [second]);
    assert.equal(second.images_per_second, 120);
    const other = keepSpeed(root, { engine: ENGINE, precision: "bfloat16", imagesPerSecond: 200 }, MACHINE);
    const byPrecision = new Map(listSpeeds(root, MACHINE).map((speed) => [speed.precision, speed]));
    assert.deepEqual(byPrecision, new Map([["float32", second], ["bfloat16", other]]));
  });
});

Deno.test("a cache that several machines share has the speeds of each processor and number of cores", async () => {
  await withTemporaryFolder((root) => {
    const here = keep(root, 100);
    const others: readonly Machine[] = [
      { ...MACHINE, cores: 16 },
      { ...MACHINE, processor: { ...MACHINE.processor, model: "Intel Xeon" } },
      { ...MACHINE, processor: { ...MACHINE.processor, features: ["AVX2", "AMX_BF16"] } },
    ];
    for (const [place, machine] of others.entries()) {
      assert.deepEqual(listSpeeds(root, machine), []);
      const there = keep(root, 500 + place, machine);
      assert.deepEqual(listSpeeds(root, machine), [there]);
    }
    assert.deepEqual(listSpeeds(root, MACHINE), [here]);
  });
});

Deno.test("the speed of a GPU that was exchanged is not that of the new one", async () => {
  await withTemporaryFolder((root) => {
    const presence = {
      here: true,
      version: "4.22.0",
      device: "gpu",
      bytes: 0,
      downloadBytes: 0,
      problem: null,
    } as const;
    const [old, now] = ["Radeon", "GeForce"].map((device_name, place) => {
      const engine = { kind: "webgpu", version: "4.22.0", device: "gpu", device_name } as const;
      return keepSpeed(root, { engine, precision: "float32", imagesPerSecond: 200 - place }, MACHINE);
    });
    const all = listSpeeds(root, MACHINE);
    assert.equal(all.length, 2);
    assert.deepEqual(speedsOf("webgpu", { ...presence, deviceName: "GeForce" }, all), [now]);
    assert.deepEqual(speedsOf("webgpu", { ...presence, deviceName: "Radeon" }, all), [old]);
    assert.deepEqual(speedsOf("webgpu", { ...presence, deviceName: null }, all), []);
  });
});

Deno.test("the speed of another version of the computation is not used", async () => {
  await withTemporaryFolder((root) => {
    const speed = keep(root, 100);
    assert.equal(speed.recipe, JSON.stringify([EXTRACTOR_VERSION, "float32"]));
    const other = keepSpeed(root, { engine: ENGINE, precision: "bfloat16", imagesPerSecond: 200 }, MACHINE);
    assert.notEqual(other.recipe, JSON.stringify([EXTRACTOR_VERSION, "bfloat16"]));
    // As an older Headlight would have written it: sealed, under the name of its own content.
    const older = { ...speed, recipe: JSON.stringify([EXTRACTOR_VERSION - 1, "float32"]) };
    const path = join(speedsFolder(root), speedFile(older));
    Deno.writeTextFileSync(path, sealedJson(older));
    assert.deepEqual(readSpeed(path), older);
    assert.equal(listSpeeds(root, MACHINE).length, 2);
  });
});

Deno.test("a speed with a changed byte, a missing end or another name is not used", async () => {
  await withTemporaryFolder((root) => {
    const speed = keep(root, 100);
    const [path = ""] = files(root);
    const sound = Deno.readFileSync(path);
    const accepted: string[] = [];
    for (const { what, bytes } of [...bytesFlipped(sound, places(sound.length)), ...cuts(sound)]) {
      Deno.writeFileSync(path, bytes);
      if (listSpeeds(root, MACHINE).length > 0) accepted.push(what);
    }
    assert.deepEqual(accepted, []);
    Deno.writeFileSync(path, sound);
    assert.deepEqual(listSpeeds(root, MACHINE), [speed]);
    Deno.renameSync(path, join(speedsFolder(root), `${"0".repeat(64)}.json`));
    assert.deepEqual(listSpeeds(root, MACHINE), []);
  });
});

Deno.test("a named pipe or a folder in place of a speed is not opened, and the next measurement replaces it", async () => {
  await withTemporaryFolder((root) => {
    keep(root, 100);
    const [path = ""] = files(root);
    putPipe(path);
    assert.deepEqual(listSpeeds(root, MACHINE), []);
    keep(root, 110);
    Deno.removeSync(path);
    Deno.mkdirSync(path);
    assert.deepEqual(listSpeeds(root, MACHINE), []);
    assert.deepEqual(listSpeeds(root, MACHINE), []);
    const speed = keep(root, 120);
    assert.deepEqual(listSpeeds(root, MACHINE), [speed]);
    assert.equal(files(root).length, 1, "a temporary file was left behind");
  });
});
