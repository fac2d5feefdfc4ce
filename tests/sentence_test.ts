import assert from "node:assert/strict";
import { sentence } from "../src/sentence.ts";

Deno.test("a text becomes a sentence: it gets a period unless it ends with punctuation", () => {
  assert.equal(sentence("it does not run"), "it does not run.");
  for (const ended of ["It does not run.", "Why?", "No!", "a, b, …"]) assert.equal(sentence(ended), ended);
});
