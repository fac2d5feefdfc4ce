import assert from "node:assert/strict";
import { Budget } from "../../../src/dashboard/wire/budget.ts";
import { Screen } from "../../../src/dashboard/wire/screen.ts";

Deno.test("bytes written more than a second ago are forgotten, and those written since reduce the budget", () => {
  const budget = new Budget();
  const all = budget.room(0);
  assert.ok(all > 0 && all < 8000);
  budget.spend(0, 4000);
  budget.spend(400, 3000);
  assert.equal(budget.room(500), all - 7000);
  assert.equal(budget.room(1000), all - 3000);
  assert.equal(budget.room(1400), all);
});

Deno.test("a frame over its limit leaves the rows below unchanged, and the next call continues with them", () => {
  const size = { columns: 40, rows: 4 };
  const frame = (text: string) => Array(4).fill(text).join("\n");
  const screen = new Screen();
  screen.show(frame("old"), size, 0);
  assert.equal(screen.isBehind, false);
  assert.equal(screen.show(frame("a new one"), size, 0), "");
  assert.equal(screen.isBehind, true);
  const half = screen.show(frame("a new one"), size, 15);
  assert.equal(half.split("a new one").length - 1, 2);
  assert.equal(screen.isBehind, true);
  const rest = screen.show(frame("a new one"), size);
  assert.equal(rest.split("a new one").length - 1, 2);
  assert.equal(screen.isBehind, false);
  assert.equal(screen.show(frame("a new one"), size), "");
});
