import assert from "node:assert/strict";
import { join } from "node:path";
import { bases } from "../../src/bases/bases.ts";
import { checkWeightsInTime } from "../../src/model/check_weights.ts";
import { describe, sizeOf } from "../../src/model/layers.ts";
import { writeKerasWeights } from "../../src/model/write_keras_h5.ts";
import { withTemporaryFolder } from "../support.ts";

const SQUEEZENET = { base: "squeezenet11", size: 64, pooling: "max" } as const;

Deno.test("a weights file that sends the HDF5 library into an endless loop is refused after the time limit", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "weights.h5");
    await writeKerasWeights(path, [{
      name: "one",
      weights: [{ name: "kernel", shape: [1, 1, 3, 2], data: new Float32Array(6) }],
    }]);
    // The heap that holds the names states that its first free space is 0 bytes long. The library looks for the next
    // free space at the same place, forever.
    const bytes = Deno.readFileSync(path);
    const heap = new TextDecoder("latin1").decode(bytes).indexOf("GCOL");
    assert.ok(heap > 0);
    endless(bytes, heap);
    Deno.writeFileSync(path, bytes);
    const startMs = performance.now();
    await assert.rejects(
      checkWeightsInTime(path, SQUEEZENET, 1000),
      /weights\.h5: the file is damaged\. The HDF5 library could not read it within 1 s\. Download or copy the file again\.$/,
    );
    assert.ok(performance.now() - startMs < 10_000);
  });
});

Deno.test("within the time limit a file is accepted or refused as it would be without the limit", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "weights.h5");
    const layers = describe(bases.squeezenet11.layers(64, "max")).filter(({ weights }) => weights.length > 0);
    await writeKerasWeights(
      path,
      layers.map(({ name, weights }) => ({
        name,
        weights: weights.map(({ name, shape }) => ({ name, shape, data: new Float32Array(sizeOf(shape)) })),
      })),
    );
    await checkWeightsInTime(path, SQUEEZENET);
    await assert.rejects(checkWeightsInTime(path, { ...SQUEEZENET, base: "densenet121" }), /Use --base squeezenet11/);
    await assert.rejects(checkWeightsInTime(join(folder, "none.h5"), SQUEEZENET), /: no such file\. /);
  });
});

/** Sets the size of the free space at the end of a global heap collection to 0 bytes. */
function endless(bytes: Uint8Array<ArrayBuffer>, heap: number): void {
  const view = new DataView(bytes.buffer);
  let place = heap + 16;
  // An object consists of its number, its reference count, 4 reserved bytes, its size, and its data padded to 8 bytes.
  while (view.getUint16(place, true) !== 0) place += 16 + Math.ceil(Number(view.getBigUint64(place + 8, true)) / 8) * 8;
  view.setBigUint64(place + 8, 0n, true);
}
