import assert from "node:assert/strict";
import { type RunOptions, runOptionsSchema } from "../../../src/config.ts";
import { factsOf } from "../../../src/options.ts";
import {
  accessTo,
  isSecret,
  secretsIn,
  shownOptions,
  withKept,
  withoutKept,
  withoutSecrets,
} from "../../../src/run/folder/secret_options.ts";
import { trainFlags } from "../../../src/run/repeat.ts";

/** A value that every option which may be a secret accepts. */
const VALUE = "https://hooks.example.org/token-5f2c9";
const OTHER = "https://hooks.example.org/token-other";
const USUAL = runOptionsSchema.parse({ epochs: 3 });

const SECRET = Object.entries(runOptionsSchema.shape).filter(([, schema]) => factsOf(schema).secret !== undefined)
  .map(([name]) => name);

function hasSecret(value: unknown): boolean {
  return JSON.stringify(value).includes("token-");
}

Deno.test("some option may be a secret, and the others are treated as usual", () => {
  assert.ok(SECRET.length > 0);
  assert.deepEqual(Object.keys(runOptionsSchema.shape).filter(isSecret), SECRET);
  assert.equal(accessTo(USUAL), "usual");
  assert.deepEqual(secretsIn(USUAL), {});
  for (const same of [withoutSecrets, shownOptions]) assert.deepEqual(same(USUAL), USUAL);
  assert.deepEqual([withoutKept(USUAL, USUAL), withKept(USUAL, USUAL)], [USUAL, USUAL]);
});

for (const name of SECRET) {
  const options: RunOptions = runOptionsSchema.parse({ ...USUAL, [name]: VALUE });
  const others: RunOptions = runOptionsSchema.parse({ ...USUAL, [name]: OTHER });

  Deno.test(`the secret of ${name} is shown in part only, and in no command, and only the owner reads its file`, () => {
    assert.deepEqual(secretsIn(options), { [name]: VALUE });
    assert.deepEqual(withoutSecrets(options), USUAL);
    const shown = shownOptions(options);
    assert.ok(!hasSecret(shown));
    assert.match(String(Object.entries(shown).find(([key]) => key === name)?.[1]), /^https:.*…$/);
    assert.equal(accessTo(options), "owner");
    assert.deepEqual(trainFlags(options), trainFlags(USUAL));
  });

  Deno.test(`the secret of ${name} in config.json is not in a trainer's arguments and is found there again, another one replaces it`, () => {
    assert.deepEqual(withoutKept(options, options), USUAL);
    assert.deepEqual(withKept(withoutKept(options, options), options), options);
    assert.deepEqual(withoutKept(others, options), others);
    assert.deepEqual(withKept(others, options), others);
    assert.deepEqual(withoutKept(USUAL, options), USUAL);
  });
}
