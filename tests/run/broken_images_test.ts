import assert from "node:assert/strict";
import { HeadlightError } from "../../src/errors.ts";
import { BrokenImages } from "../../src/run/broken_images.ts";

const image = (index: number) => ({ index, path: `a/${String(index).padStart(3, "0")}.jpg`, reason: "cut" });
const images = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => image(from + index));

/** Returns a counter for 100 images of which one may be undecodable. Its clock reads `clock.ms`. */
function watched() {
  const said: string[] = [];
  const clock = { ms: 0 };
  const journal = { say: (body: object) => said.push(JSON.stringify(body)) };
  return { broken: new BrokenImages(100, 0.01, journal, () => clock.ms), said, clock };
}

function refused(act: () => void, line: RegExp): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof HeadlightError && error.exitStatus === 1);
    assert.match(error.message, line);
    return true;
  });
}

Deno.test("a run with too many undecodable images ends once it has found ten, and names three with their cause and a count", () => {
  const { broken, said } = watched();
  broken.add(images(0, 1));
  broken.add(images(1, 9));
  refused(
    () => broken.add(images(9, 13)),
    /^13 of 100 images cannot be decoded, but --max-broken 0\.01 allows 1\. Repair or delete them, or allow a larger share with --max-broken\. They are a\/000\.jpg, a\/001\.jpg, a\/002\.jpg and 10 more \(cut\)\.$/,
  );
  assert.equal(said.length, 13, "each is named in the log");
});

Deno.test("the error for undecodable images says each cause once, after the remedy, and counts what it does not name", () => {
  const { broken } = watched();
  const because = (from: number, to: number, reason: string) => images(from, to).map((one) => ({ ...one, reason }));
  const all = [
    ...because(0, 2, "cut"),
    ...because(2, 6, "empty"),
    ...because(6, 7, "too large"),
    ...because(7, 9, "x"),
  ];
  refused(
    () => broken.add([...all.toReversed(), image(10)]),
    /Repair or delete them, .*\. They are a\/000\.jpg, a\/001\.jpg and a\/010\.jpg \(cut\); a\/002\.jpg, a\/003\.jpg, a\/004\.jpg and 1 more \(empty\); a\/006\.jpg \(too large\); and 2 for other reasons\.$/,
  );
});

Deno.test("if no image can be decoded, the error offers no larger share, whatever --max-broken allows", () => {
  for (const most of [0.01, 1]) {
    const broken = new BrokenImages(4, most, { say: () => {} }, () => 0);
    broken.add(images(0, 1));
    refused(
      () => broken.add(images(1, 4)),
      /^None of the 4 images can be decoded\. Repair them, or replace them with others\. They are a\/000\.jpg, a\/001\.jpg, a\/002\.jpg and 1 more \(cut\)\.$/,
    );
  }
});

Deno.test("a run ends ten seconds after there were too many undecodable images and counts all found so far", () => {
  const { broken, clock } = watched();
  broken.add(images(0, 2));
  clock.ms = 9_999;
  broken.add(images(2, 3));
  clock.ms = 10_000;
  refused(
    () => broken.add([]),
    /^3 of 100 .* allows 1\. Repair or .* They are a\/000\.jpg, a\/001\.jpg and a\/002\.jpg \(cut\)\.$/,
  );
});

Deno.test("a run that has looked at all images ends if too many are undecodable", () => {
  const { broken } = watched();
  broken.add(images(0, 1));
  broken.requireFew();
  broken.add(images(1, 2));
  refused(
    () => broken.requireFew(),
    /^2 of 100 .*\. Repair or delete them, or leave them out with --max-broken 0\.02\. They are .*$/,
  );
});

Deno.test("one undecodable image never ends a run unless --max-broken is 0, and the share in the message is sufficient", () => {
  const after = (found: number, total: number, most: number) => {
    const broken = new BrokenImages(total, most, { say: () => {} }, () => 0);
    broken.add(images(0, found));
    return broken;
  };
  after(1, 5, 0.01).requireFew();
  assert.match(after(1, 87, 0.01).notice() ?? "", /^1 of 87 images cannot be decoded and is left out: a\/000\.jpg/);
  refused(
    () => after(1, 5, 0).requireFew(),
    /allows 0\. Repair or delete it, or leave it out .*\. It is a\/000\.jpg \(cut\)\.$/,
  );
  for (const [found, total] of [[1, 5], [2, 87], [7, 100], [9, 10], [9, 31]] as const) {
    let said = "";
    try {
      after(found, total, 0).requireFew();
    } catch (error) {
      said = String(error);
    }
    const share = Number(/--max-broken (\S+)\. (?:It is|They are) /.exec(said)?.[1]);
    after(found, total, share).requireFew();
  }
});
