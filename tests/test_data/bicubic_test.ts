import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { z } from "zod";
import { resizeBicubic } from "./bicubic.ts";

const size = z.tuple([z.int(), z.int()]);
const recorded = z.array(z.object({ from: size, to: size, sha256: z.hash("sha256") })).nonempty().parse(
  JSON.parse(Deno.readTextFileSync(new URL("../fixtures/bicubic.json", import.meta.url))),
);

/** Returns the image of tests/fixtures/make_bicubic.py: edges, ramps and noise in all channels. */
function image(width: number, height: number) {
  const pixels = Uint8Array.from(
    { length: width * height * 3 },
    (_, at) => at % 90 < 40 ? (at * at * 7 + Math.floor(at / 50)) % 251 : Math.floor(at / 9) % 256,
  );
  return { width, height, pixels };
}

for (const { from, to, sha256 } of recorded) {
  Deno.test(`bicubic resizing gives exactly the bytes that Pillow gives: ${from.join("×")} to ${to.join("×")}`, () => {
    const { width, height, pixels } = resizeBicubic(image(...from), ...to);
    assert.deepEqual([width, height], to);
    assert.equal(createHash("sha256").update(pixels).digest("hex"), sha256);
  });
}
