/** Tests the CSV of `predict --csv`. */
import assert from "node:assert/strict";
import { csvHead, csvRow } from "../../src/results/prediction_csv.ts";

const guesses = [{ name: "fox", probability: 0.75 }, { name: "cat", probability: 0.2 }, {
  name: "day bed",
  probability: 0.05,
}];
const all = { classes: ["cat", "day bed", "fox"] };

Deno.test("the CSV has a column for the probability of each class, in the order of the classes, and the error last", () => {
  assert.equal(csvHead(all), "\ufeffpath,class,probability,p(cat),p(day bed),p(fox),error");
  assert.equal(
    csvRow({ path: "a/1.jpg", guesses }, all),
    "a/1.jpg,fox,0.750000,0.200000,0.050000,0.750000,",
  );
  assert.equal(csvRow({ path: "a/2.jpg", reason: "no image, alas" }, all), 'a/2.jpg,,,,,,"no image, alas"');
});

Deno.test("with --top the CSV has the most probable classes instead, and a probability is never written as 1e-8", () => {
  assert.equal(csvHead({ top: 2 }), "\ufeffpath,class,probability,class 2,probability 2,error");
  const [first, second] = guesses;
  assert.ok(first && second);
  const row = csvRow({ path: "1.jpg", guesses: [first, { ...second, probability: 1e-8 }] }, { top: 2 });
  assert.equal(row, "1.jpg,fox,0.750000,cat,0.000000,");
  assert.equal(csvHead({ top: 1 }), "\ufeffpath,class,probability,error");
  assert.equal(csvRow({ path: "1.jpg", guesses: [first] }, { top: 1 }), "1.jpg,fox,0.750000,");
  assert.equal(csvRow({ path: "1.jpg", reason: "gone" }, { top: 2 }), "1.jpg,,,,,gone");
});

Deno.test("fields are quoted as RFC 4180 says, and also where Excel separates cells at semicolons", () => {
  const of = (path: string) => csvRow({ path, reason: "gone" }, { top: 1 });
  assert.equal(of('a "b", c.jpg'), '"a ""b"", c.jpg",,,gone');
  assert.equal(of("a;=1+1.jpg"), '"a;=1+1.jpg",,,gone');
  // Each line of the output is one image.
  assert.equal(of("a\nb\tc.jpg"), "a b c.jpg,,,gone");
});

Deno.test("no file or class name becomes a formula: a path begins with ./ and other texts with an apostrophe", () => {
  for (const sign of ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"]) {
    const name = `${sign}HYPERLINK(A1)`;
    const row = csvRow({ path: `${sign}1.jpg`, guesses: [{ name, probability: 1 }] }, { classes: [name] });
    assert.equal(row, `./${sign}1.jpg,'${name},1.000000,1.000000,`);
    assert.equal(csvHead({ classes: [name] }), `\ufeffpath,class,probability,p(${name}),error`);
    assert.match(csvRow({ path: "1.jpg", reason: name }, all), new RegExp(`,'\\${sign}HYPER`));
  }
  // A control character before the sign is removed first.
  assert.equal(csvRow({ path: "\x01=1.jpg", reason: "gone" }, { top: 1 }), "./=1.jpg,,,gone");
});
