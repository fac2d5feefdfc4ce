import assert from "node:assert/strict";
import { errorLine } from "../src/errors.ts";
import { shortened, shownName, stripControl } from "../src/text.ts";

Deno.test("a text of 100,000 characters does not flood the screen, and a path is never cut", () => {
  const path = `/${"x".repeat(4094)}`;
  assert.equal(stripControl(path), path);
  assert.equal(stripControl("x".repeat(100_000)).length, 4096);
  assert.equal(errorLine(new Error("x".repeat(100_000))).length, 4096);
  assert.equal(shownName("x".repeat(255)), "x".repeat(255));
  assert.equal(shownName("x".repeat(100_000)), "x".repeat(254) + "…");
});

Deno.test("a text is cut between characters, never inside one", () => {
  assert.equal(shortened("ab😀cd", 4), "ab…");
  assert.equal(shortened("ab😀cd", 5), "ab😀…");
  assert.equal(shortened("abc", 3), "abc");
});
