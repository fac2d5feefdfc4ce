import assert from "node:assert/strict";
import { parseShard, rangeOf, shardName } from "../../src/cluster/shard.ts";

Deno.test("a shard is written as its number and how many there are, counted from 1", () => {
  assert.deepEqual(parseShard("3/32"), { number: 3, of: 32 });
  assert.deepEqual(parseShard(" 1 / 1 "), { number: 1, of: 1 });
  for (
    const text of ["", "3", "0/32", "33/32", "1/0", "-1/4", "1.5/4", "1/4/8", "a/b", "1/1e3", "1/9007199254740993"]
  ) {
    assert.equal(parseShard(text), null, text);
  }
  assert.equal(shardName({ number: 3, of: 32 }), "3of32");
});

Deno.test("all shards together have each image once, in order, and their sizes differ by at most one", () => {
  for (const total of [0, 1, 5, 31, 32, 33, 1171, 1_000_000]) {
    for (const count of [1, 2, 7, 32, 1000]) {
      const ranges = Array.from({ length: count }, (_, index) => rangeOf({ number: index + 1, of: count }, total));
      let next = 0;
      for (const { from, to } of ranges) {
        assert.equal(from, next);
        next = to;
      }
      assert.equal(next, total);
      const sizes = ranges.map(({ from, to }) => to - from);
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `${total} images in ${count} shards`);
    }
  }
});
