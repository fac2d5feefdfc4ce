import assert from "node:assert/strict";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { type Scan, Sequence, type Summary } from "../src/sequence.ts";
import { SPAN } from "../src/span.ts";
import { stream } from "../src/training/random.ts";

/** Returns figures with gaps, ties, zeros and negative ones. */
function figures(count: number, seed: number): (number | null)[] {
  const random = stream(seed, "figures");
  return Array.from({ length: count }, () => {
    const drawn = uniformInt(random, -3, 9);
    return drawn === 9 ? null : drawn / 4;
  });
}

/** The lengths around complete blocks of every level. */
const LENGTHS = [0, 1, 2, 15, 16, 17, 31, 32, 255, 256, 257, 272, 4095, 4096, 4097, 5000];

Deno.test("a sequence never changes, whatever is appended to it or to one that grew from it", () => {
  const random = stream(1, "growth");
  const known: { readonly sequence: Sequence<number>; readonly values: readonly number[] }[] = [
    { sequence: Sequence.of(), values: [] },
  ];
  for (let turn = 0; turn < 2000; turn++) {
    // Mostly the newest one grows, as in a run; sometimes an older one, and sometimes only a part of one.
    const place = uniformInt(random, 0, 3) === 0 ? uniformInt(random, 0, known.length - 1) : known.length - 1;
    const { sequence, values } = known[place] ?? assert.fail();
    const length = uniformInt(random, 0, 9) === 0 ? uniformInt(random, 0, values.length) : values.length;
    known.push({ sequence: sequence.first(length).with(turn), values: [...values.slice(0, length), turn] });
  }
  for (const { sequence, values } of known) {
    assert.deepEqual([...sequence], values);
    assert.equal(sequence.length, values.length);
    assert.deepEqual([sequence.at(-1), sequence.at(0), sequence.at(values.length)], [
      values.at(-1),
      values[0],
      undefined,
    ]);
  }
});

Deno.test("JSON and first treat a sequence as an array", () => {
  const sequence = Sequence.of([1, 2, 3]).with(4);
  assert.equal(JSON.stringify({ sequence: sequence.first(2) }), '{"sequence":[1,2]}');
  assert.equal(sequence.first(9), sequence);
  assert.deepEqual([...sequence.first(-1)], []);
});

Deno.test("the first index that passes a test is that of an array, or the length", () => {
  for (const length of LENGTHS) {
    const values = Array.from({ length }, (_, index) => Math.floor(index / 2));
    const sequence = Sequence.of(values);
    for (const limit of [-1, 0, 1, 7, length / 4, length]) {
      const found = values.findIndex((value) => value >= limit);
      assert.equal(sequence.firstIndex((value) => value >= limit), found < 0 ? length : found);
    }
  }
});

Deno.test("the span of any range is that of its figures, also of a range that a longer sequence has too", () => {
  const all = figures(5000, 2);
  const longest = Sequence.of(all);
  longest.over(SPAN);
  const random = stream(3, "ranges");
  for (const length of LENGTHS) {
    for (const sequence of [Sequence.of(all.slice(0, length)), longest.first(length)]) {
      for (let turn = 0; turn < 40; turn++) {
        const from = uniformInt(random, 0, length);
        const to = uniformInt(random, from, length);
        const there = all.slice(from, to).flatMap((figure, index) =>
          figure === null ? [] : [{ figure, at: from + index }]
        );
        const values = there.map(({ figure }) => figure);
        const [lowest, highest] = [Math.min(...values), Math.max(...values)];
        // Quarters are summed without rounding.
        assert.deepEqual(sequence.over(SPAN, from, to), {
          count: there.length,
          sum: values.reduce((sum, value) => sum + value, 0),
          lowest,
          lowestAt: there.find(({ figure }) => figure === lowest)?.at ?? -1,
          highest,
          highestAt: there.find(({ figure }) => figure === highest)?.at ?? -1,
          lowestPositive: Math.min(...values.filter((value) => value > 0)),
        });
      }
    }
  }
});

const SUMS: Scan<number, { sum: number }, number> = {
  start: () => ({ sum: 0 }),
  next: (state, value) => state.sum += value,
};

Deno.test("a scan has the same results whether the sequence is scanned at once or as it grows", () => {
  let growing = Sequence.of<number>();
  const lengths: Sequence<number>[] = [];
  for (let value = 1; value <= 300; value++) {
    growing = growing.with(value);
    if (value % 7 === 0) lengths.push(growing.scan(SUMS));
  }
  const expected = [...Sequence.of(growing).scan(SUMS)];
  assert.deepEqual(expected.at(-1), 300 * 301 / 2);
  assert.deepEqual([...growing.scan(SUMS)], expected);
  for (const [index, sums] of lengths.entries()) assert.deepEqual([...sums], expected.slice(0, 7 * (index + 1)));
  // Another end of the same beginning has results of its own.
  assert.equal(growing.first(10).with(1000).scan(SUMS).at(-1), 1055);
});

Deno.test("asking about a range takes as many steps for 100,000 values as for 1,000, a few more per digit", () => {
  let steps = 0;
  const counting: Summary<number, { sum: number }> = {
    start: () => ({ sum: 0 }),
    add: (into, value) => (steps++, into.sum += value),
    join: (into, next) => (steps++, into.sum += next.sum),
  };
  const stepsFor = (count: number) => {
    let sequence = Sequence.of(Array.from({ length: count }, () => 1));
    sequence.over(counting);
    steps = 0;
    for (let more = 0; more < 160; more++) {
      sequence = sequence.with(1);
      assert.equal(sequence.over(counting, 7, sequence.length - 3).sum, sequence.length - 10);
    }
    return steps / 160;
  };
  const [few, many] = [stepsFor(1000), stepsFor(100_000)];
  assert.ok(many < 2.5 * few && many < 160, `${few} and ${many}`);
});
