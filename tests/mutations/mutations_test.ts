/** Tries some of the seeded mutations of main.ts. Each must be read or refused with an error written for people. */
import assert from "node:assert/strict";
import { FORMATS } from "./formats.ts";
import { mutated } from "./mutate.ts";
import { tryMutations } from "./tried.ts";

const COUNT = 200;

Deno.test("equal seeds give equal mutations, and nearly all differ from the content and from each other", () => {
  const content = new TextEncoder().encode(JSON.stringify({ name: "day bed", epochs: 30, values: [1, 2, 3] }));
  const texts = Array.from({ length: 200 }, (_, index) => mutated(content, "a test", index).join());
  assert.deepEqual(Array.from({ length: 200 }, (_, index) => mutated(content, "a test", index).join()), texts);
  assert.ok(new Set([content.join(), ...texts]).size > 170);
});

for (const { name } of FORMATS) {
  Deno.test(`${COUNT} mutations of ${name} are read or refused without a crash, a hang or growing memory`, async () => {
    const { count, read, refused, crashed, hung, mostGrownBytes } = await tryMutations(name, COUNT);
    assert.deepEqual({ crashed, hung }, { crashed: [], hung: [] });
    assert.equal(read + refused, count);
    assert.ok(mostGrownBytes < 256e6, `${mostGrownBytes} bytes`);
  });
}
