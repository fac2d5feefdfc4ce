import assert from "node:assert/strict";
import { alternate } from "./alternate.ts";

Deno.test("contenders are measured in turn, one at a time, round after round", async () => {
  const done: string[] = [];
  let running = 0;
  const contender = (name: string) => ({
    name,
    sample: async () => {
      assert.equal(++running, 1, "two at once");
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return done.push(name);
    },
  });
  const said: string[] = [];
  const samples = await alternate([contender("A"), contender("B")], 3, (name, round) => said.push(`${name}${round}`));
  assert.equal(done.join(""), "ABABAB");
  assert.deepEqual(said, ["A1", "B1", "A2", "B2", "A3", "B3"]);
  assert.deepEqual([...samples], [["A", [1, 3, 5]], ["B", [2, 4, 6]]]);
});

Deno.test("two contenders with the same name are refused, since their samples would mix", async () => {
  const one = { name: "A", sample: () => Promise.resolve(1) };
  await assert.rejects(alternate([one, one], 1), RangeError);
});
