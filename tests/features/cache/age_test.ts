import assert from "node:assert/strict";
import { notUsedFor, parseAge } from "../../../src/features/cache/age.ts";

const HOUR_MS = 60 * 60 * 1000;

Deno.test("an age is a whole number of hours, days or weeks from 1", () => {
  assert.equal(parseAge("1h"), HOUR_MS);
  assert.equal(parseAge("30d"), 30 * 24 * HOUR_MS);
  assert.equal(parseAge("2w"), 14 * 24 * HOUR_MS);
  for (const text of ["", "30", "d", "0d", "-1d", "1.5d", "30 d", "30D", "30m", "030d", "1e3d", "9999999d", "1d2h"]) {
    assert.equal(parseAge(text), null, text);
  }
});

Deno.test("--older chooses what was last used at least that long ago, and nothing from the future", () => {
  const now = 1000 * HOUR_MS;
  const entries = [0, 23.99, 24, 500, -5].map((hours) => ({ lastUseMs: now - hours * HOUR_MS, hours }));
  assert.deepEqual(notUsedFor(entries, 24 * HOUR_MS, now).map(({ hours }) => hours), [24, 500]);
});
