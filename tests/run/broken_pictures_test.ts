import assert from "node:assert/strict";
import { HeadlightError } from "../../src/errors.ts";
import { BrokenPictures } from "../../src/run/broken_pictures.ts";

const picture = (index: number) => ({ index, path: `a/${String(index).padStart(3, "0")}.jpg`, reason: "cut" });
const pictures = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => picture(from + index));

/** 100 pictures of which one may be broken; the clock stands at `clock.ms`. */
function watched() {
  const said: string[] = [];
  const clock = { ms: 0 };
  const journal = { say: (body: object) => said.push(JSON.stringify(body)) };
  return { broken: new BrokenPictures(100, 0.01, journal, () => clock.ms), said, clock };
}

function refused(act: () => void, line: RegExp): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof HeadlightError && error.exitStatus === 1);
    assert.match(error.message, line);
    return true;
  });
}

Deno.test("a run gives up on broken pictures once it has found ten, and names ten and a count", () => {
  const { broken, said } = watched();
  broken.add(pictures(0, 1));
  broken.add(pictures(1, 9));
  refused(
    () => broken.add(pictures(9, 13)),
    /^13 of 100 pictures cannot be decoded, and --max-broken 0\.01 allows 1: a\/000\.jpg \(cut\), .*a\/009\.jpg \(cut\) and 3 more$/,
  );
  assert.equal(said.length, 13, "each is named in the log");
});

Deno.test("a run gives up on broken pictures ten seconds after there were too many, and names all that it found", () => {
  const { broken, clock } = watched();
  broken.add(pictures(0, 2));
  clock.ms = 9_999;
  broken.add(pictures(2, 3));
  clock.ms = 10_000;
  refused(
    () => broken.add([]),
    /^3 of 100 .* allows 1: a\/000\.jpg \(cut\), a\/001\.jpg \(cut\), a\/002\.jpg \(cut\)$/,
  );
});

Deno.test("a run that has looked at all pictures gives up on too many broken ones", () => {
  const { broken } = watched();
  broken.add(pictures(0, 1));
  broken.requireFew();
  broken.add(pictures(1, 2));
  refused(() => broken.requireFew(), /^2 of 100 /);
});
