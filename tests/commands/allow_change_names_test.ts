import assert from "node:assert/strict";
import { resumeFlags } from "../../src/commands/resume_flags.ts";
import { errorLine } from "../../src/errors.ts";
import { nearest } from "../../src/near.ts";

function refusal(name: string): string {
  try {
    resumeFlags({ resume: true, allowChange: name });
  } catch (error) {
    return errorLine(error);
  }
  return "";
}

Deno.test("an unknown name of --allow-change gets a suggestion if one is near, otherwise the list", () => {
  for (const typed of ["sead", "sedd"]) {
    assert.equal(refusal(typed), `--allow-change ${typed}: nothing that may change has this name. Did you mean seed?`);
  }
  assert.match(
    refusal("head"),
    /^--allow-change head: nothing that may change has this name\. Use data, [a-z0-9, -]+$/,
  );
});

Deno.test("no other short word is suggested for a short word, but letters may be swapped", () => {
  assert.equal(nearest("nope", ["home", "data"]), null);
  assert.equal(nearest("bset", ["best", "last"]), "best");
  assert.equal(nearest("bst", ["best", "last"]), "best");
  assert.equal(nearest("lastt", ["best", "last"]), "last");
});
