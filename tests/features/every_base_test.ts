/** Every base with its random weights, as one graph and op by op, and some in bfloat16. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { BASE_NAMES, type BaseName } from "../../src/bases/bases.ts";
import { openEagerBase } from "../../src/features/base/eager.ts";
import type { FrozenBase } from "../../src/features/base/frozen_base.ts";
import { openGraphBase } from "../../src/features/base/graph_base.ts";
import { measuredImages } from "../../src/features/base/measured_images.ts";
import type { BaseSpec } from "../../src/features/base/spec.ts";
import { weightsHash } from "../../src/features/base/weights_hash.ts";
import { makeRandomWeights } from "../../src/features/make_random_weights.ts";
import { graphEngine, tensorflowEngine } from "../engine.ts";
import { withTemporaryFolder } from "../support.ts";
import { relativeDifference } from "./goldens.ts";

const engine = await tensorflowEngine();
const SIZE = 64;
const MEASURED = 8;
/** A few kinds of networks; the others would take seconds more. The DenseNets exceeded 2 % before it was measured. */
const IN_BFLOAT16: readonly BaseName[] = ["mobilenet_v2", "efficientnetb0", "densenet121", "densenet169"];

for (const name of BASE_NAMES) {
  const inBfloat16 = IN_BFLOAT16.includes(name) ? ", and bfloat16 is within 2 % of the largest" : "";
  Deno.test(`${name} with random weights: the graph equals op by op${inBfloat16}`, async () => {
    const all = await measuredImages(2 * MEASURED);
    // Other images than those that the rounding goes by.
    const images = { ...all, count: MEASURED, pixels: all.pixels.slice(all.pixels.length / 2) };
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, "weights.h5");
      const place = { kind: "tensorflow", version: "test", device: "cpu" } as const;
      const how = { base: name, size: SIZE, preprocess: "imagenet" } as const;
      await makeRandomWeights(engine, { ...how, engine: { ...place, folder } }, path);
      const spec = (precision: BaseSpec["precision"]): BaseSpec => ({
        ...how,
        pooling: "max",
        precision,
        weights: { path, sha256 },
        engine: place,
        batchSize: MEASURED,
      });
      const sha256 = await weightsHash(path);
      const graph = (precision: BaseSpec["precision"]) =>
        openGraphBase(graphEngine(engine), spec(precision), images, { cacheRoot: folder, cores: 2 });
      const featuresOf = async (opened: Promise<FrozenBase>) => {
        const base = await opened;
        const { features } = await base.features(images);
        base.dispose();
        return features;
      };
      const float32 = await featuresOf(graph("float32"));
      const eager = await featuresOf(openEagerBase(engine.tf, spec("float32")));
      assert.ok(relativeDifference(float32, eager) < 1e-4, `graph: ${relativeDifference(float32, eager)}`);
      if (inBfloat16 === "") return;
      const bfloat16 = relativeDifference(await featuresOf(graph("bfloat16")), float32);
      assert.ok(bfloat16 < 0.02, `bfloat16: ${bfloat16}`);
    });
  });
}
