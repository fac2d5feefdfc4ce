import assert from "node:assert/strict";
import { bases } from "../../src/bases/bases.ts";
import { flopsPerImage } from "./flops.ts";

Deno.test("DenseNet121 at 224 has the published 2.83 to 2.9 billion multiply-adds", () => {
  const multiplyAdds = flopsPerImage(bases.densenet121.layers(224, "max")) / 2;
  assert.ok(multiplyAdds > 2.8e9 && multiplyAdds < 2.9e9, String(multiplyAdds));
});

Deno.test("the number of operations is proportional to the area of the image", () => {
  const at = (size: number) => flopsPerImage(bases.densenet121.layers(size, "max"));
  assert.equal(at(320) / at(160), 4);
});
