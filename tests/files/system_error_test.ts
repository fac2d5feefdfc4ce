import assert from "node:assert/strict";
import { realpathSync } from "node:fs";
import { HeadlightError } from "../../src/errors.ts";
import { explainCacheError, explainSystemError, systemCode, systemReason } from "../../src/files/system_error.ts";

function systemError(): unknown {
  try {
    return Deno.readFileSync("/nowhere");
  } catch (error) {
    return error;
  }
}

Deno.test("a system error becomes one line with the action and the path, and keeps its cause", () => {
  const cause = systemError();
  const error = explainSystemError(cause, "reading /nowhere");
  assert.ok(error instanceof HeadlightError);
  assert.match(error.message, /^reading \/nowhere: No such file or directory/);
  assert.deepEqual([error.exitStatus, error.cause], [1, cause]);
});

Deno.test("a system error in the cache says how to move the cache", () => {
  const error = explainCacheError(systemError(), "reading /nowhere");
  assert.ok(error instanceof HeadlightError);
  assert.match(
    error.message,
    /^reading \/nowhere: No such file .*\. Free some disk space, .* or choose another cache folder with XDG_CACHE_HOME$/,
  );
});

Deno.test("an error for which Deno has no code gets its code from the number in its message", () => {
  assert.equal(systemCode(systemError()), "ENOENT");
  const tooLarge = new Error("File too large (os error 27)");
  assert.equal(systemCode(tooLarge), "EFBIG");
  const error = explainSystemError(tooLarge, "writing to /runs");
  assert.ok(error instanceof HeadlightError);
  assert.match(error.message, /^writing to \/runs: File too large\. Raise the limit .* \(ulimit -f\)$/);
});

for (
  const [what, error] of [
    ["a HeadlightError", new HeadlightError("said already")],
    ["an internal error", new TypeError("no function")],
    ["an abort, whose code is a number,", new DOMException("aborted", "AbortError")],
    ["a text", "thrown"],
  ] as const
) {
  Deno.test(`${what} is left as it is`, () => {
    assert.equal(explainSystemError(error, "writing"), error);
    assert.equal(explainCacheError(error, "writing"), error);
  });
}

Deno.test("the reason is the system's text without code, call and path, in errors of both Deno and Node", () => {
  assert.equal(systemReason(systemError()), "No such file or directory");
  try {
    realpathSync("/nowhere");
    assert.fail("there is a /nowhere");
  } catch (error) {
    assert.equal(systemReason(error), "no such file or directory");
  }
});
