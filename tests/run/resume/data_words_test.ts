/** What is said of data that changed names what changed. */
import assert from "node:assert/strict";
import type { RunImages } from "../../../src/run/folder/run_images.ts";
import { classesWords, countsWords, imagesWords, validationWords } from "../../../src/run/resume/data_words.ts";

Deno.test("classes that changed are named: the one with another name, or those that are missing or new", () => {
  const was = ["Apple", "Juice", "Milk", "Tomato"];
  assert.equal(classesWords(was, was.with(3, "Tomate")), 'class 3 was "Tomato", now "Tomate"');
  assert.equal(classesWords(was, was.slice(1)), '4 classes, now 3; missing: "Apple"');
  assert.equal(classesWords(was, [...was, "Yoghurt"]), '4 classes, now 5; new: "Yoghurt"');
});

Deno.test("images that changed are counted, and validation images named", () => {
  const counts = { train: 865, validation: 300 };
  assert.equal(
    countsWords(counts, { train: 1, validation: 299 }, null),
    "865 training images, now 1; 300 validation images, now 299",
  );
  const paths = ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"];
  assert.equal(validationWords(paths, paths), null);
  assert.equal(validationWords(paths, paths.slice(1)), "1 validation image is missing: a.jpg");
  assert.equal(
    validationWords(paths, ["new.jpg"]),
    "5 validation images are missing: a.jpg, b.jpg, c.jpg, …; 1 validation image is new: new.jpg",
  );
});

Deno.test("images with another content are named in validation, and counted in training", () => {
  const was: RunImages = {
    version: 1,
    validation: [{ path: "a.jpg", class: 0, sha256: "1" }, { path: "b.jpg", class: 1, sha256: "2" }],
    trained_on: ["3", "3", "4"],
  };
  const validation = was.validation.map((image) => image.path === "b.jpg" ? { ...image, sha256: "9" } : image);
  assert.equal(imagesWords(was, { ...was, validation }), "1 validation image has another content: b.jpg");
  assert.equal(imagesWords(was, { ...was, trained_on: ["3", "4"] }), "1 training image was removed");
  assert.equal(
    imagesWords(was, { ...was, trained_on: ["3", "4", "5"] }),
    "1 training image was removed and 1 was added",
  );
  assert.equal(imagesWords(was, { ...was, trained_on: [...was.trained_on, "6", "7"] }), "2 training images were added");
  const moved = was.validation.map((image) => ({ ...image, class: 1 - image.class }));
  assert.equal(imagesWords(was, { ...was, validation: moved }), "2 validation images have another class: a.jpg, b.jpg");
  assert.equal(
    imagesWords(was, { ...was, validation: was.validation.toReversed() }),
    "the same images in another order",
  );
});
