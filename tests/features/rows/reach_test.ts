import assert from "node:assert/strict";
import { mayMeet, parseReach, reachOf, reachText } from "../../../src/features/rows/reach.ts";

Deno.test("a reach is read as it was written, and nothing else is taken for one", () => {
  const reach = reachOf({ folder: "/data" }, { from: 312_500, to: 343_750 });
  assert.deepEqual(parseReach(reachText(reach)), reach);
  for (const other of ["", "7.cluster", `${reachText(reach)}.12`, "0a-1"]) assert.equal(parseReach(other), null);
});

Deno.test("only shares of one data set that have no image in common cannot meet", () => {
  const of = (from: number, to: number, data = "one") => reachOf(data, { from, to });
  assert.ok(!mayMeet(of(0, 10), of(10, 20)));
  assert.ok(!mayMeet(of(10, 20), of(0, 10)));
  assert.ok(mayMeet(of(0, 10), of(9, 20)));
  assert.ok(mayMeet(of(0, 100), of(40, 50)));
  assert.ok(mayMeet(of(0, 10), of(10, 20, "other")));
  assert.ok(mayMeet(null, of(10, 20)) && mayMeet(of(0, 10), null));
});
