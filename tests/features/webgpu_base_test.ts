/** Features that WebGPU computes, compared with those that TensorFlow computes op by op. */
import assert from "node:assert/strict";
import { bases } from "../../src/bases/bases.ts";
import { openEagerBase } from "../../src/features/base/eager.ts";
import type { FrozenBase } from "../../src/features/base/frozen_base.ts";
import { tensorSizes } from "../../src/features/base/images_per_call.ts";
import { measuredImages } from "../../src/features/base/measured_images.ts";
import { openFrozenBase } from "../../src/features/base/open_base.ts";
import { forBases } from "../../src/engine/engine.ts";
import { webgpuEngine } from "../engine.ts";
import { withTemporaryFolder } from "../support.ts";
import { webgpuTest } from "../webgpu.ts";
import { assertRowsStandAlone } from "./arrangements.ts";
import { relativeDifference } from "./goldens.ts";
import { madeUpImages } from "./made_up.ts";
import { DEMO, specFor } from "./small_set.ts";

const IMAGES = 8;

async function featuresOf(base: FrozenBase, images: Parameters<FrozenBase["features"]>[0]): Promise<Float32Array> {
  return (await base.features(images)).features;
}

Deno.test(webgpuTest(
  "on WebGPU the features of SqueezeNet at 96 are within 1e-3 of TensorFlow's, with the same bits each time",
  () =>
    withTemporaryFolder(async (folder) => {
      const engine = await webgpuEngine();
      const { tf } = engine;
      const spec = await specFor(DEMO, { size: 96, batchSize: IMAGES });
      const images = await measuredImages(IMAGES);
      const start = tf.memory().numTensors;
      const usual = await openEagerBase(tf, spec);
      const expected = await featuresOf(usual, images);
      usual.dispose();
      const base = await openFrozenBase(forBases(engine), spec, images, { cacheRoot: folder, cores: 2 });
      const first = await featuresOf(base, images);
      const difference = relativeDifference(first, expected);
      assert.ok(difference < 1e-3, `${difference}`);
      assert.ok(difference > 0, "TensorFlow has computed both");
      assert.deepEqual(await featuresOf(base, images), first);
      assert.equal(tf.getBackend(), "tensorflow", "TensorFlow trains the head in this process");
      base.dispose();
      assert.equal(tf.memory().numTensors, start, "tensors were left behind");
    }),
));

Deno.test(webgpuTest("on WebGPU a row depends neither on its place nor on its neighbours", async () => {
  const { tf, opByOp } = await webgpuEngine();
  const spec = await specFor(DEMO, { size: 32, batchSize: IMAGES });
  const base = await openEagerBase(tf, spec, opByOp);
  assert.ok(await assertRowsStandAlone(base, IMAGES) > 50);
  base.dispose();
}));

Deno.test(webgpuTest("a device that takes small tensors only computes the same features in smaller calls", async () => {
  const { tf, opByOp } = await webgpuEngine();
  assert.ok(opByOp);
  const spec = await specFor(DEMO, { size: 96, batchSize: IMAGES });
  const images = madeUpImages(IMAGES);
  let calls = 0;
  const open = (largestTensorBytes: number) => {
    calls = 0;
    const counted = {
      largestTensorBytes,
      compute: (ops: Parameters<typeof opByOp.compute>[0]) => (calls++, opByOp.compute(ops)),
    };
    return openEagerBase(tf, spec, counted);
  };
  const whole = await open(Infinity);
  const expected = await featuresOf(whole, images);
  assert.equal(calls, 1);
  whole.dispose();
  const small = await open(3 * tensorSizes(bases.squeezenet11.layers(spec.size, spec.pooling)).perImage);
  assert.ok(relativeDifference(await featuresOf(small, images), expected) < 1e-5);
  assert.equal(calls, 3);
  small.dispose();
  const tiny = await open(1000);
  await assert.rejects(tiny.features(images), {
    name: "HeadlightError",
    message: /needs a tensor of .* takes at most/,
  });
  tiny.dispose();
}));

Deno.test(webgpuTest("a tensor that is larger than the GPU takes is an error of one line, and not zeros", async () => {
  const { tf, opByOp } = await webgpuEngine();
  assert.ok(opByOp);
  const { largestTensorBytes } = opByOp;
  // A GPU may take tensors that are larger than this machine's memory.
  if (largestTensorBytes > 2 ** 29) return;
  const twosOf = (numbers: number) =>
    opByOp.compute(() => tf.tidy(() => tf.fill([numbers], 1).add(1).slice([numbers - 4], [4])));
  const most = largestTensorBytes / 4;
  assert.deepEqual([...await twosOf(most)], [2, 2, 2, 2]);
  await assert.rejects(twosOf(most + 1024), {
    name: "HeadlightError",
    exitStatus: 1,
    message:
      /^\P{Cc}+ reported an error, so the features of this batch may be wrong: \P{Cc}+ Use --engine tensorflow\.$/u,
  });
  assert.deepEqual([...await twosOf(16)], [2, 2, 2, 2], "the next call is not affected");
}));
