import assert from "node:assert/strict";
import { errorLine, HeadlightError } from "../src/errors.ts";

Deno.test("an error is one line without terminal control sequences", () => {
  assert.equal(
    errorLine(new HeadlightError("no \x1b[2Jrun \x1b]0;title\x07here,\n  nor there")),
    "no run here, nor there",
  );
  assert.equal(errorLine("thrown text\n"), "thrown text");
});
