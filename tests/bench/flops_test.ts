import assert from "node:assert/strict";
import { bases } from "../../src/bases/bases.ts";
import { flopsPerImage } from "./flops.ts";

Deno.test("DenseNet121's arithmetic at 224 is the 2.83 to 2.9 thousand million multiply-adds that are published for it", () => {
  const multiplyAdds = flopsPerImage(bases.densenet121.layers(224, "max")) / 2;
  assert.ok(multiplyAdds > 2.8e9 && multiplyAdds < 2.9e9, String(multiplyAdds));
});

Deno.test("the arithmetic grows with the area of the image", () => {
  const at = (size: number) => flopsPerImage(bases.densenet121.layers(size, "max"));
  assert.equal(at(320) / at(160), 4);
});
