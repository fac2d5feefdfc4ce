/** What a resumed run writes to its folder before everything is compared. */
import assert from "node:assert/strict";
import { Withheld } from "../../src/run/withheld.ts";

const LOG = { release: () => {} };

Deno.test("writes are held back until they are released, and then made in their order", async () => {
  const made: string[] = [];
  const withheld = new Withheld(LOG, true);
  for (const name of ["config.json", "summary.txt"]) await withheld.write(() => void made.push(name));
  assert.equal(made.length, 0);
  await withheld.release();
  await withheld.write(() => void made.push("later"));
  assert.deepEqual([made, withheld.isHolding], [["config.json", "summary.txt", "later"], false]);
});

Deno.test("a file that is written several times while it is held back is written once, with its last content", async () => {
  const made: string[] = [];
  const withheld = new Withheld(LOG, true);
  await withheld.write(() => void made.push("first"), "/run/config.json");
  await withheld.write(() => void made.push("summary"), "/run/summary.txt");
  await withheld.write(() => void made.push("last"), "/run/config.json");
  await withheld.release();
  assert.deepEqual(made, ["last", "summary"]);
});
