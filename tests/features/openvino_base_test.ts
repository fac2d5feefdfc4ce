/** Bases computed by OpenVINO: parity with TensorFlow, rows that stand alone, and bfloat16 measured. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { BASE_NAMES } from "../../src/bases/bases.ts";
import type { ImageBatch } from "../../src/data/dataset/dataset.ts";
import { computesBfloat16, thisProcessor } from "../../src/engine/processor.ts";
import { openEagerBase } from "../../src/features/base/eager.ts";
import type { FrozenBase } from "../../src/features/base/frozen_base.ts";
import { openGraphBase } from "../../src/features/base/graph_base.ts";
import type { GraphEngine } from "../../src/features/base/make_graph.ts";
import { measuredImages } from "../../src/features/base/measured_images.ts";
import type { BaseSpec } from "../../src/features/base/spec.ts";
import { makeRandomWeights } from "../../src/features/make_random_weights.ts";
import { graphEngine, openvinoEngine, tensorflowEngine } from "../engine.ts";
import { needs, shared, sharedTest, withTemporaryFolder } from "../support.ts";
import { MOBILENET_PLACE, SQUEEZENET_PLACE } from "../test_data/sources.ts";
import { assertRowsStandAlone } from "./arrangements.ts";
import { relativeDifference } from "./goldens.ts";
import { madeUpImages, madeUpWeights, weightsIn } from "./made_up.ts";

const tensorflow = await tensorflowEngine();
const openvino = graphEngine(await openvinoEngine());
const inBfloat16 = computesBfloat16(thisProcessor().features);
const AMX = needs("AVX512_BF16 or AMX");
const IMAGES = 8;
const PLACES = {
  tensorflow: { kind: "tensorflow", version: "test", device: "cpu" },
  openvino: { kind: "openvino", version: "test", device: "cpu" },
} as const;

function specOf(how: Pick<BaseSpec, "base" | "weights"> & Partial<BaseSpec>): BaseSpec {
  const usual = { pooling: "max", size: 64, preprocess: "imagenet", precision: "float32", batchSize: 32 } as const;
  return { ...usual, engine: PLACES.openvino, ...how };
}

async function featuresOf(
  opened: Promise<FrozenBase>,
  images: ImageBatch = madeUpImages(IMAGES),
): Promise<Float32Array> {
  const base = await opened;
  try {
    return (await base.features(images)).features;
  } finally {
    base.dispose();
  }
}

/** An engine whose only division of a call is this one. */
function dividedInto(batch: number, lanes: number, cores: number): GraphEngine {
  const { tf, baseGraphs } = openvino;
  return {
    tf,
    baseGraphs: {
      rewritten: false,
      shapes: () => [{ batch, lanes }],
      open: (graph, options) => baseGraphs.open(graph, { ...options, cores }),
    },
  };
}

/**
 * Asserts that OpenVINO's features are within 1e-5 of the largest of those that TensorFlow computes op by op. Some
 * weights enlarge the smallest differences in rounding; then they are at most twice as far away as those of
 * TensorFlow's own graph.
 */
async function assertParity(spec: BaseSpec, images: ImageBatch, folder: string): Promise<void> {
  const { tf } = tensorflow;
  const tensors = tf.memory().numTensors;
  const place = { cacheRoot: folder, cores: 2 };
  const onTensorflow = { ...spec, engine: PLACES.tensorflow };
  const expected = await featuresOf(openEagerBase(tf, onTensorflow), images);
  const graph = await featuresOf(openGraphBase(graphEngine(tensorflow), onTensorflow, images, place), images);
  // With one division nothing is measured, which takes longer than computing these few images.
  const found = await featuresOf(openGraphBase(dividedInto(4, 2, 2), spec, images, place), images);
  const limit = Math.min(1e-4, Math.max(1e-5, 2 * relativeDifference(graph, expected)));
  const difference = relativeDifference(found, expected);
  assert.ok(difference < limit, `${difference}, the limit is ${limit}`);
  assert.equal(tf.memory().numTensors, tensors);
}

for (const name of BASE_NAMES) {
  Deno.test(`${name} with random weights: OpenVINO's features are as near to TensorFlow's as those are to themselves`, () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, "weights.h5");
      const place = { ...PLACES.tensorflow, folder };
      await makeRandomWeights(tensorflow, { base: name, size: 64, preprocess: "imagenet", engine: place }, path);
      const all = await measuredImages(2 * IMAGES);
      // Others than those on which random weights are scaled.
      const images = { ...all, count: IMAGES, pixels: all.pixels.slice(all.pixels.length / 2) };
      await assertParity(specOf({ base: name, weights: await weightsIn(path) }), images, folder);
    }));
}

for (const [base, place] of [["squeezenet11", SQUEEZENET_PLACE], ["mobilenet_v2", MOBILENET_PLACE]] as const) {
  Deno.test(sharedTest(
    `${base}'s real weights: OpenVINO's features are as near to TensorFlow's as those are to themselves`,
    () =>
      withTemporaryFolder(async (folder) => {
        const spec = specOf({ base, size: 160, weights: await weightsIn(shared(place)) });
        await assertParity(spec, await measuredImages(IMAGES), folder);
      }),
  ));
}

for (const precision of inBfloat16 ? ["float32", "bfloat16"] as const : ["float32"] as const) {
  Deno.test(`in ${precision} neither the chosen batch size, nor requests, nor threads, nor the run change a bit`, () =>
    withTemporaryFolder(async (folder) => {
      const spec = specOf({ base: "squeezenet11", weights: await madeUpWeights("squeezenet11"), precision });
      const featuresOn = (engine: GraphEngine, cores: number, name: string) =>
        featuresOf(openGraphBase(engine, spec, madeUpImages(IMAGES), { cacheRoot: join(folder, name), cores }));
      const chosen = await featuresOn(openvino, 2, "chosen");
      const [{ batch }] = openvino.baseGraphs.shapes(2, precision);
      for (const [lanes, cores] of [[1, 1], [2, 2], [1, 2], [2, 2]] as const) {
        const name = `${lanes}-${cores}-${crypto.randomUUID()}`;
        const found = await featuresOn(dividedInto(batch, lanes, cores), cores, name);
        assert.deepEqual(found, chosen, `${lanes} requests, ${cores} threads`);
      }
    }));

  Deno.test(`in ${precision} a row does not depend on its place in a batch or on its neighbours`, () =>
    withTemporaryFolder(async (folder) => {
      const spec = specOf({ base: "squeezenet11", weights: await madeUpWeights("squeezenet11"), precision });
      const base = await openGraphBase(openvino, spec, madeUpImages(1), { cacheRoot: folder, cores: 2 });
      assert.ok(await assertRowsStandAlone(base, spec.batchSize) > 100);
      base.dispose();
    }));
}

Deno.test("the fastest division of a call is measured once and kept with the graph", () =>
  withTemporaryFolder(async (folder) => {
    const spec = specOf({ base: "squeezenet11", weights: await madeUpWeights("squeezenet11") });
    const opened: string[] = [];
    const { tf, baseGraphs } = openvino;
    const watched: GraphEngine = {
      tf,
      baseGraphs: {
        ...baseGraphs,
        open: (graph, options) => {
          opened.push(`${options.shape.batch} × ${options.shape.lanes}`);
          return baseGraphs.open(graph, options);
        },
      },
    };
    const open = async () =>
      (await openGraphBase(watched, spec, madeUpImages(1), { cacheRoot: folder, cores: 2 })).dispose();
    await open();
    const [chosen, ...measured] = opened.splice(0).reverse();
    assert.deepEqual(
      measured.sort(),
      baseGraphs.shapes(2, "float32").map(({ batch, lanes }) => `${batch} × ${lanes}`).sort(),
    );
    await open();
    assert.deepEqual(opened, [chosen]);
  }));

Deno.test(sharedTest(
  "bfloat16 is refused with the figure where it changes a feature by 2 % or more, and float32's bits are computed" +
    AMX,
  () =>
    withTemporaryFolder(async (folder) => {
      if (!inBfloat16) return;
      const weights = await weightsIn(shared(MOBILENET_PLACE));
      const images = await measuredImages(IMAGES);
      const open = (precision: BaseSpec["precision"]) =>
        openGraphBase(openvino, specOf({ base: "mobilenet_v2", size: 160, weights, precision }), images, {
          cacheRoot: folder,
          cores: 2,
        });
      const base = await open("bfloat16");
      const { rounding } = base;
      assert.equal(rounding?.share, 0);
      assert.ok((rounding.refused?.error ?? 0) > 0.1, `${rounding.refused?.error}`);
      const { features } = await base.features(images);
      base.dispose();
      assert.deepEqual(features, await featuresOf(open("float32"), images));
    }),
));

Deno.test({
  name: "bfloat16 is used where it changes a feature by less than 2 %, which is said" + AMX,
  ignore: !inBfloat16,
  fn: () =>
    withTemporaryFolder(async (folder) => {
      const spec = specOf({ base: "squeezenet11", weights: await madeUpWeights("squeezenet11") });
      const place = { cacheRoot: folder, cores: 2 };
      const images = await measuredImages(IMAGES);
      const base = await openGraphBase(openvino, { ...spec, precision: "bfloat16" }, images, place);
      const { rounding } = base;
      const { features } = await base.features(images);
      base.dispose();
      assert.ok(rounding && rounding.refused === null && rounding.share === 1);
      const expected = await featuresOf(openGraphBase(openvino, spec, images, place), images);
      const error = relativeDifference(features, expected);
      assert.ok(error > 1e-4 && error < 0.02, `${error}`);
      assert.ok(Math.abs(error - rounding.error) < 1e-5, `${error}, said ${rounding.error}`);
    }),
});
