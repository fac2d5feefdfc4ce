import assert from "node:assert/strict";
import { bases } from "../../../src/bases/bases.ts";
import {
  imagesPerCall,
  type TensorSizes,
  tensorSizes,
  type WantedCall,
} from "../../../src/features/base/images_per_call.ts";

/** WebGPU's default limit, and that of Mesa's software driver. */
const LIMIT = 128 * 1024 * 1024;
const MB = 1e6;

const WANTED: WantedCall = { images: 32, height: 160, width: 160, name: "squeezenet11", size: 160 };

const CALLS: readonly (readonly [string, Partial<WantedCall>, TensorSizes, number, number])[] = [
  ["as many as wanted, if they fit", {}, { perImage: 4 * MB, weight: 1 }, 128 * MB, 32],
  ["not more than wanted, without a limit", {}, { perImage: 4 * MB, weight: 1 }, Infinity, 32],
  ["as many as the largest tensor takes", {}, { perImage: 5 * MB, weight: 1 }, 128 * MB, 25],
  ["one, if the tensor takes exactly one", {}, { perImage: 128 * MB, weight: 128 * MB }, 128 * MB, 1],
  ["large images before they are resized", { height: 4000, width: 3000 }, { perImage: MB, weight: 1 }, 300 * MB, 2],
];

for (const [name, wanted, sizes, limit, expected] of CALLS) {
  Deno.test(`images of a call: ${name}`, () => {
    assert.equal(imagesPerCall({ ...WANTED, ...wanted }, sizes, limit), expected);
  });
}

Deno.test("a tensor that is too large for the device even with one image is refused with both sizes", () => {
  const refused = (wanted: Partial<WantedCall>, sizes: TensorSizes, message: string) =>
    assert.throws(() => imagesPerCall({ ...WANTED, ...wanted }, sizes, LIMIT), {
      name: "HeadlightError",
      exitStatus: 1,
      message: `${message}, and the GPU takes at most 134 MB. Choose a smaller --size, or use --engine tensorflow.`,
    });
  refused({}, { perImage: 200 * MB, weight: 1 }, "squeezenet11 at 160 needs a tensor of 200 MB");
  refused({}, { perImage: 1, weight: 411 * MB }, "squeezenet11 at 160 needs a tensor of 411 MB");
  refused({ height: 4000, width: 3000 }, { perImage: 1, weight: 1 }, "an image of 4000×3000 needs a tensor of 144 MB");
});

Deno.test("the largest tensor of DenseNet121 at 224 is its padded first convolution, and 32 images of it fit into WebGPU's default limit", () => {
  const sizes = tensorSizes(bases.densenet121.layers(224, "max"));
  // 112×112×64 after the first convolution, padded for the pooling.
  assert.equal(sizes.perImage, 114 * 114 * 64 * 4);
  assert.equal(imagesPerCall({ ...WANTED, size: 224, height: 224, width: 224 }, sizes, LIMIT), 32);
  // The largest kernel of a transition: 1×1×1024×512.
  assert.equal(sizes.weight, 1024 * 512 * 4);
});
