/** Tests which images are copied to where. */
import assert from "node:assert/strict";
import { countCopies, numberedName, planCopies } from "../../../src/results/copies/plan_copies.ts";

const FOLDERS = new Map([["cat", "cat"], ["n/a", "n_a"], ["fox", "fox"]]);

/** Plans copies of images, given as `path class`, where these files with these contents are. */
function plan(images: readonly string[], files: Readonly<Record<string, string>>) {
  const content = new Map(Object.entries(files));
  const asked = images.map((image) => {
    const [path = "", name = ""] = image.split(" ");
    return { path, class: name };
  });
  return planCopies(asked, FOLDERS, "/to", {
    isThere: (path) => content.has(path),
    isSame: (one, other) => content.get(one) === content.get(other),
  });
}

const texts = (found: ReturnType<typeof plan>) =>
  found.map(({ folder, name, number, skippedBecause }) =>
    `${folder}/${numberedName(name, number)}${skippedBecause ? ` ${skippedBecause}` : ""}`
  );

Deno.test("images of one name get numbers, in the folder of their class, and no file that is there is replaced", () => {
  const found = plan(["/a/1.jpg cat", "/b/1.jpg cat", "/c/1.jpg n/a", "/d/2.jpg cat", "/d/2.JPG cat"], {
    "/a/1.jpg": "a",
    "/b/1.jpg": "b",
    "/c/1.jpg": "c",
    "/d/2.jpg": "d",
    "/d/2.JPG": "e",
    "/to/cat/1.jpg": "another",
  });
  assert.deepEqual(texts(found), [
    "/to/cat/1 (2).jpg",
    "/to/cat/1 (3).jpg",
    "/to/n_a/1.jpg",
    "/to/cat/2.jpg",
    // A file system that ignores case would take it for the one before.
    "/to/cat/2 (2).JPG",
  ]);
});

Deno.test("the same file is not copied twice, whether it is there already, under a number too, or was given twice", () => {
  const files = {
    "/a/1.jpg": "a",
    "/b/1.jpg": "b",
    "/c/1.jpg": "a",
    "/a/2.jpg": "a",
    "/to/cat/1.jpg": "x",
    "/to/cat/1 (2).jpg": "b",
  };
  const found = plan(["/a/1.jpg cat", "/b/1.jpg cat", "/c/1.jpg cat", "/a/1.jpg cat", "/a/2.jpg cat"], files);
  assert.deepEqual(texts(found), [
    "/to/cat/1 (3).jpg",
    "/to/cat/1 (2).jpg there",
    "/to/cat/1 (3).jpg duplicate",
    "/to/cat/1 (3).jpg duplicate",
    "/to/cat/2.jpg",
  ]);
  assert.deepEqual(countCopies(found, FOLDERS), [
    { class: "cat", folder: "cat", images: 2, renamed: 1, there: 1, duplicates: 2 },
  ]);
});

Deno.test("a number comes before the extension, and a name of 255 bytes is cut for it", () => {
  assert.equal(numberedName("a.b.jpg", 2), "a.b (2).jpg");
  assert.equal(numberedName("noextension", 12), "noextension (12)");
  assert.equal(numberedName(".jpg", 3), ".jpg (3)");
  const long = numberedName("三".repeat(83) + "ab.jpg", 10);
  assert.equal(new TextEncoder().encode(long).length, 255);
  assert.match(long, /^三+ \(10\)\.jpg$/);
});
