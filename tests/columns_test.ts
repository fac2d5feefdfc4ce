import assert from "node:assert/strict";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { columnsOf, copyFigures, figureColumn } from "../src/columns.ts";
import { type Scan, Sequence } from "../src/sequence.ts";
import { SPAN } from "../src/span.ts";
import { stream } from "../src/training/random.ts";

interface Entry {
  readonly number: number;
  readonly figure: number | null;
  readonly extra?: number | null;
}

const entryColumns = columnsOf<Entry>({ number: true, figure: true, extra: true });

/** Returns an entry whose second figure is a number, null, or missing. */
function entry(number: number): Entry {
  const figure = number % 4 === 0 ? null : 1 / (number + 1);
  return number % 3 === 0 ? { number, figure } : { number, figure, extra: number % 3 === 1 ? null : -number };
}

Deno.test("objects in columns come back with their gaps and without the properties that they do not have", () => {
  const entries = Array.from({ length: 1000 }, (_, number) => entry(number));
  let growing = Sequence.of<Entry>([], entryColumns());
  for (const one of entries) growing = growing.with({ ...one, ...{ time: "12:00" } });
  assert.deepEqual([...growing], entries);
  assert.deepEqual([growing.at(-1), growing.at(0), growing.at(1000), growing.at(-1001)], [
    entries.at(-1),
    entries[0],
    undefined,
    undefined,
  ]);
  assert.deepEqual(JSON.parse(JSON.stringify(growing)), JSON.parse(JSON.stringify(entries)));
});

Deno.test("a sequence in columns never changes, whatever is appended to it or to one that grew from it", () => {
  const random = stream(1, "growth");
  const known: { readonly sequence: Sequence<Entry>; readonly values: readonly Entry[] }[] = [
    { sequence: Sequence.of<Entry>([], entryColumns()), values: [] },
  ];
  for (let turn = 0; turn < 2000; turn++) {
    // Mostly the newest one grows, as in a run; sometimes an older one, and sometimes only a part of one.
    const place = uniformInt(random, 0, 3) === 0 ? uniformInt(random, 0, known.length - 1) : known.length - 1;
    const { sequence, values } = known[place] ?? assert.fail();
    const length = uniformInt(random, 0, 9) === 0 ? uniformInt(random, 0, values.length) : values.length;
    known.push({
      sequence: sequence.first(length).with(entry(turn)),
      values: [...values.slice(0, length), entry(turn)],
    });
  }
  for (const { sequence, values } of known) {
    assert.deepEqual([...sequence], values);
    assert.deepEqual([...sequence.column("figure")], values.map(({ figure }) => figure));
  }
});

const SUMS: Scan<number | null, { sum: number }, number | null> = {
  start: () => ({ sum: 0 }),
  next: (state, figure) => (figure === null ? null : state.sum += figure),
  results: figureColumn,
};

Deno.test("one property of all values is the same sequence from columns and from objects, while they grow", () => {
  let [columns, objects] = [Sequence.of<Entry>([], entryColumns()), Sequence.of<Entry>()];
  for (let number = 0; number < 600; number++) {
    columns = columns.with(entry(number));
    objects = objects.with(entry(number));
    if (number % 37 > 0) continue;
    for (const sequence of [columns.first(number), columns]) {
      const [one, other] = [sequence.column("figure"), objects.first(sequence.length).column("figure")];
      assert.deepEqual([...one], [...other]);
      assert.deepEqual(one.over(SPAN, 3, number), other.over(SPAN, 3, number));
      assert.deepEqual([...one.scan(SUMS)], [...other.scan(SUMS)]);
      assert.equal(sequence.column("number").firstIndex((found) => found >= 200), Math.min(200, sequence.length));
    }
  }
  assert.deepEqual([...columns.column("extra")], [...objects.column("extra")]);
});

Deno.test("what is appended to a property or to the results of a scan does not get into their sequence", () => {
  for (const kept of [entryColumns(), undefined]) {
    const sequence = Sequence.of([1, 2, 3].map(entry), kept);
    const figures = sequence.column("figure");
    assert.deepEqual([...figures.with(9)], [...figures, 9]);
    assert.deepEqual([...figures.scan(SUMS).with(9)], [...figures.scan(SUMS), 9]);
    const longer = sequence.with(entry(4)).with(entry(5));
    assert.deepEqual([...longer], [1, 2, 3, 4, 5].map(entry));
    assert.deepEqual([...longer.column("figure")], [1, 2, 3, 4, 5].map((number) => entry(number).figure));
    assert.equal([...longer.column("figure").scan(SUMS)].length, 5);
  }
});

/** Returns figures as floats. */
function floatsOf(figures: Sequence<number | null>): Float64Array {
  const floats = new Float64Array(figures.length);
  copyFigures(figures, floats);
  return floats;
}

Deno.test("figures as floats have NaN for gaps, to the bit, also those of a shorter sequence", () => {
  const figures = [0.1 + 0.2, null, 5e-324, -1.7976931348623157e308];
  const inColumn = Sequence.of(figures, figureColumn());
  for (const sequence of [inColumn, Sequence.of(figures)]) {
    assert.deepEqual([...floatsOf(sequence)], [0.1 + 0.2, NaN, 5e-324, -1.7976931348623157e308]);
    assert.deepEqual([...floatsOf(sequence.first(2))], [0.1 + 0.2, NaN]);
  }
  const before = inColumn.first(2);
  inColumn.with(7);
  assert.deepEqual([...floatsOf(before.with(1))], [0.1 + 0.2, NaN, 1]);
});

Deno.test("a number that is not finite is refused, because a column could not tell it from a gap", () => {
  for (const wrong of [NaN, Infinity, -Infinity]) {
    assert.throws(() => Sequence.of([1, wrong], figureColumn()), RangeError);
  }
});

Deno.test("numbers that follow from their place come back to the bit, also where others follow them", () => {
  const beginnings: readonly (readonly (number | null)[])[] = [
    Array.from({ length: 100 }, (_, index) => index + 1),
    Array(100).fill(0.001),
    Array(100).fill(null),
    Array.from({ length: 100 }, (_, index) => index * 0.1),
    Array.from({ length: 100 }, (_, index) => 0.3 + index * 0.1),
    [-0, -0, -0],
    [1e308, -1e308, 1],
    [null, 3, null],
    [7],
    [],
  ];
  for (const beginning of beginnings) {
    for (const more of [[], [0], [null], [5, 5, 5], [0.1 + 0.2, -0, 1e-320]]) {
      const figures = [...beginning, ...more];
      const column = Sequence.of(figures, figureColumn());
      assert.deepEqual([...column], figures);
      assert.deepEqual([...column.first(50)], figures.slice(0, 50));
      // As floats, it takes room for each, and then grows on.
      assert.deepEqual([...floatsOf(column)], figures.map((figure) => figure ?? NaN));
      assert.deepEqual([...column.with(101).with(102)], [...figures, 101, 102]);
    }
  }
});
