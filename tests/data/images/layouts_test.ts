/** Image folders as people lay them out, and how each layout is read. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { HeadlightError } from "../../../src/errors.ts";
import { withTemporaryFolder } from "../../support.ts";
import { writeFiles } from "./made_images.ts";
import { readFolder, writeGarbled } from "./made_folders.ts";

const RULE = { share: 0.25, seed: 2 };

/** `class("a", 3)` stands for a/0.jpg, a/1.jpg, a/2.jpg. */
function images(folder: string, count = 4): string[] {
  return Array.from({ length: count }, (_, index) => `${folder}/${index}.jpg`);
}

const classes = (within: string, count = 4) => ["a", "b"].flatMap((name) => images(`${within}${name}`, count));

interface Expected {
  readonly classes?: readonly string[];
  readonly train?: number;
  readonly validation?: number;
  readonly notices?: readonly RegExp[];
  readonly remarks?: readonly RegExp[];
  readonly refused?: RegExp;
}

function check(folder: string, expected: Expected): void {
  const { refused, notices = [], remarks = [] } = expected;
  if (refused) {
    assert.throws(() => readFolder(folder, RULE), (error) => {
      assert.ok(error instanceof HeadlightError && error.exitStatus === 2, String(error));
      assert.match(error.message, refused);
      return !error.message.includes("\n");
    });
    return;
  }
  const found = readFolder(folder, RULE);
  assert.deepEqual(found.classes, expected.classes ?? ["a", "b"]);
  assert.deepEqual([found.train.paths.length, found.validation.paths.length], [
    expected.train ?? 6,
    expected.validation ?? 2,
  ]);
  for (const [texts, lines] of [[found.notices, notices], [found.remarks, remarks]] as const) {
    assert.equal(texts.length, lines.length, texts.join("\n"));
    lines.forEach((line, index) => assert.match(texts[index] ?? "", line));
  }
}

const PARTS = { train: 8, validation: 4 };

for (
  const [train, validation] of [
    ["Train", "Val"],
    ["TRAIN", "TEST"],
    ["training", "testing"],
    ["training_set", "test_set"],
    ["training", "validation"],
    ["train", "dev"],
    ["train", "eval"],
    ["Training Data", "Validation Data"],
    ["seg_train", "seg_test"],
  ]
) {
  layout(
    `${train}/ and ${validation}/ are the training and validation parts`,
    [...classes(`${train}/`), ...classes(`${validation}/`, 2)],
    PARTS,
  );
}

layout("the nested folder of an archive, training_set/training_set/<class>, is skipped", [
  ...classes("training_set/training_set/"),
  ...classes("test_set/test_set/", 2),
], {
  ...PARTS,
  remarks: [
    /^All images in training_set are in training_set\/training_set\/, which is used instead\.$/,
    /test_set/,
  ],
});
layout("a folder that holds nothing but one folder stands for that folder, with a remark", classes("archive/data/"), {
  remarks: [/^All images in .* are in archive\/data\/, which is used/],
});
layout("a single part is searched for nested folders like any other folder", classes("test/"), {
  remarks: [/^All images in .* are in test\/, which/],
});
layout("classes may have subfolders of any depth", [...images("a/images/2024"), ...images("b/x/y/z/deep")], {});
layout("the parts may be several levels down", [...classes("set/train/"), ...classes("set/val/", 2)], {
  ...PARTS,
  remarks: [/ are in set\/, which is used/],
});
layout("a class may really be named train", [...images("bus"), ...images("car"), ...images("train")], {
  classes: ["bus", "car", "train"],
  train: 9,
  validation: 3,
  notices: [/^train\/ is treated as a class, like the folders beside it\. A part/],
});
layout("a class named train may have its images further down", [...images("bus"), ...images("train/x/y")], {
  classes: ["bus", "train"],
  notices: [/^train\/ is treated as a class/],
});
layout("classes whose names merely end like a part's are classes", [
  ...images("steam_train"),
  ...images("crash test"),
  ...images("eye-test"),
], {
  classes: ["crash test", "eye-test", "steam_train"],
  train: 9,
  validation: 3,
});
layout("beside train/ folders that are no part are left out, with a remark on how to include them", [
  ...classes("train/"),
  ...images("bus"),
], {
  notices: [
    /^bus\/ \(4 images, no class folders\) is left out, because only train\/ is used\. If train\/ is a class too, give/,
  ],
});
layout("a part that cannot be recognized by its name is mentioned", [...classes("train/"), ...classes("holdout/")], {
  notices: [
    /^holdout\/ \(8 images\) is left out, because only train\/ is used\. If holdout\/ is the validation set, rename it to val\.$/,
  ],
});
layout("a test/ without class folders is left out, with its count", [...classes("train/"), ...images("test", 5)], {
  notices: [/^test\/ \(5 images, no class folders\) is left out, because only train\/ is used\.$/],
});
layout("val/ is preferred to test/, and test/ is reported as left out", [
  ...classes("train/"),
  ...classes("val/", 2),
  ...classes("test/", 3),
], {
  ...PARTS,
  remarks: [/^test\/ \(6 images\) is left out, because val\/ is .*: deno task evaluate --data \/.*\/test$/],
});
layout("several folders beside the parts are counted", [
  ...classes("train/"),
  ...classes("val/", 2),
  ...images("x", 2),
  ...images("y", 3),
  "docs/readme.txt",
], {
  ...PARTS,
  remarks: [/^docs\/ has no images and is left out \(1 other file\)\.$/],
  notices: [
    /^2 folders with 5 images are left out, because only train\/ and val\/ are used: x\/ \(2 images, no .*\), y\/ \(3 images/,
  ],
});
layout("a validation part may be beside the class folders themselves", [...classes(""), ...classes("test/", 2)], {
  ...PARTS,
  notices: [/^test\/ is used as the validation set, and the folders beside it as the classes to learn from\.$/],
});
layout("images beside the class folders are counted and named, within a part too", [
  ...classes("train/"),
  ...classes("val/", 2),
  "x.jpg",
  "val/1.png",
  "val/2.png",
  "train/z.gif",
], {
  ...PARTS,
  notices: [/^4 images beside the class folders are left out \(train\/z\.gif, val\/1\.png, val\/2\.png, …\)\. Move/],
});
layout("with two levels of folders, a remark says which ones are the classes", [
  ...images("animals/cat"),
  ...images("animals/dog"),
  ...images("vehicles/bus"),
  ...images("vehicles/car"),
], {
  classes: ["animals", "vehicles"],
  train: 12,
  validation: 4,
  notices: [
    /^The classes are animals, vehicles\. The folders in them \(cat, dog, bus, …\) are not separate classes\. If they should/,
  ],
});
layout("names that differ only in Unicode form are one class, side by side and across the parts", [
  ...images("train/caf\u00e9", 2),
  ...images("train/cafe\u0301", 3).map((path) => path.replace(".jpg", ".png")),
  ...images("train/tea"),
  ...images("val/cafe\u0301", 2),
  ...images("val/tea", 2),
], {
  classes: ["caf\u00e9", "tea"],
  train: 9,
  validation: 4,
  remarks: [/train\/cafe\u0301 and train\/caf\u00e9 are treated as one class/],
});
layout("names that differ in case or spaces are separate classes, with a remark", [
  ...images("Hot Dog"),
  ...images("hot_dog"),
  ...images("tea"),
], {
  classes: ["Hot Dog", "hot_dog", "tea"],
  train: 9,
  validation: 3,
  notices: [
    /^"Hot Dog" and "hot_dog" are separate classes\. If they mean the same, put their images into one folder\.$/,
  ],
});
layout("names that differ only by a trailing space or a copy's number are mentioned", [
  ...images("Apple"),
  ...images("apple "),
  ...images("milk"),
  ...images("Milk (1)"),
  ...images("Grade (1)"),
  ...images("Grade (2)"),
], {
  classes: ["Apple", "Grade (1)", "Grade (2)", "Milk (1)", "apple ", "milk"],
  train: 18,
  validation: 6,
  notices: [/^"Apple" and "apple ", "Milk \(1\)" and "milk" are separate classes\. If they mean the same, put/],
});

layout("a folder without images is left out beside classes, parts or a single folder with images", [
  ...classes("archive/Training/"),
  ...classes("archive/Test/", 2),
  "archive/Training/New folder/plan.docx",
  "archive/Test/Neu/.keep",
  "archive/notes/read.txt",
  "docs/plan.pdf",
  "empty/.keep",
], {
  train: 8,
  validation: 4,
  notices: [
    /^2 folders have no images and are left out: archive\/Training\/New folder\/ \(1 other file\), archive\/Test\/Neu\/\.$/,
  ],
  remarks: [
    /^docs\/ has no images and is left out \(1 other file\)\.$/,
    /^empty\/ has no images and is left out\.$/,
    /^All images in .* are in archive\/, which is used instead\.$/,
    /^archive\/notes\/ has no images/,
  ],
});

layout("an empty folder beside the classes is left out, with a remark", [...classes(""), "Neuer Ordner/.keep"], {
  notices: [/^Neuer Ordner\/ has no images and is left out\.$/],
});

layout("a class whose name differs in case between the parts is named", [
  ...images("train/Cat"),
  ...images("train/dog"),
  ...images("val/cat"),
  ...images("val/dog"),
], { refused: /: val\/cat has images, but train\/cat does not exist\. Is it train\/Cat\? Rename one of them\.$/ });
layout("a single folder of images is refused with an example that uses its own names", [
  ...["DCIM/100APPLE/IMG_1.JPG", "DCIM/100APPLE/IMG_2.JPG"],
], { refused: /has one folder \(DCIM\) of images, .*, for example cat\/IMG_1\.JPG, dog\/IMG_2\.JPG$/ });
layout("the albums of a phone with its files beside the images", [
  ...["Hunde", "Katzen"].flatMap((album) => [
    ...images(`DCIM/${album}`, 8),
    ...[`DCIM/${album}/IMG_1.AAE`, `DCIM/${album}/VID_1.MOV`, `DCIM/${album}/.trashed-1.jpg`],
  ]),
  "DCIM/.thumbnails/1.jpg",
], {
  classes: ["Hunde", "Katzen"],
  train: 12,
  validation: 4,
  remarks: [
    /^All images in .* are in [^/]+\/, which is used/,
    /^2 hidden images are left out: DCIM\/Hunde\/\.trashed-1\.jpg, /,
  ],
});
layout("a Kaggle archive", [
  ...classes("archive/training_set/training_set/"),
  ...classes("archive/test_set/test_set/", 2),
  "archive/single_prediction/cat_or_dog_1.jpg",
  "archive/__MACOSX/._x.jpg",
], {
  ...PARTS,
  notices: [
    /^archive\/single_prediction\/ \(1 image, no class folders\) is left out, because only archive\/training_set\//,
  ],
  remarks: [/ are in archive\/, which/, / are in archive\/training_set\/training_set\/, which/, /test_set\/test_set/],
});
layout("the folder of a school class in which everybody names files differently", [
  ...images("Fr\u00fcchte (final) 2/\u00c4pfel"),
  ...images("Fr\u00fcchte (final) 2/A\u0308pfel"),
  ...images("Fr\u00fcchte (final) 2/Birnen"),
  ...images("Fr\u00fcchte (final) 2/birnen"),
  ...images("Fr\u00fcchte (final) 2/Trauben "),
  ...["liste.xlsx", "Unbenannt.png", "desktop.ini"].map((name) => `Fr\u00fcchte (final) 2/${name}`),
], {
  classes: ["Birnen", "Trauben ", "birnen", "\u00c4pfel"],
  train: 15,
  validation: 5,
  notices: [
    /^1 image beside the class folders is left out \(.*Unbenannt\.png\)/,
    /^"Birnen" and "birnen" are separate classes/,
  ],
  remarks: [
    /^All images in .* are in [^/]+\/, which is used/,
    /are treated as one class, because their names differ only in Unicode form\.$/,
  ],
});
layout("images without class folders are refused with an example that uses their own names", [
  ...["cat.0.jpg", "cat.1.jpg", "dog.0.jpg", "dog.1.jpg"],
], {
  refused:
    /4 images are not in class folders but directly in this folder\. Make .*, for example cat\/cat\.0\.jpg, dog\/dog\.0\.jpg$/,
});
layout("parts without class folders", [...images("train"), ...images("val")], {
  refused:
    /8 images are not in class folders but directly in train\/ and val\/\. .* for example train\/cat\/0\.jpg, train\/dog\/1\.jpg$/,
});
layout("parts for validation and testing alone", [...classes("val/"), ...classes("test/")], {
  refused: /has test\/ and val\/, but no folder of training images\. Rename one of them to train\.$/,
});
layout("hidden images are counted, and files that macOS and a NAS add are ignored", [
  ...classes(""),
  "a/.x.jpg",
  "a/._0.jpg",
  "__MACOSX/a/._0.jpg",
  "@eaDir/a/0.jpg",
], { remarks: [/^1 hidden image is left out: a\/\.x\.jpg$/] });

layout("images/ in each class folder of train/, without a folder for validation", [
  ...images("train/n01443537/images", 8),
  ...images("train/n01629819/images", 8),
], { classes: ["n01443537", "n01629819"], train: 12, validation: 4 });

function layout(name: string, files: readonly string[], expected: Expected): void {
  Deno.test(`folders: ${name}`, () =>
    withTemporaryFolder((folder) => {
      writeFiles(folder, Object.fromEntries(files.map((path) => [path, new Uint8Array()])));
      check(folder, expected);
    }));
}

Deno.test("folders: a dangling link to an image or to a class is named", () =>
  withTemporaryFolder((folder) => {
    writeFiles(folder, Object.fromEntries(classes("").map((path) => [path, new Uint8Array()])));
    Deno.symlinkSync("/nowhere/x.jpg", join(folder, "a", "x.jpg"));
    Deno.symlinkSync("/nowhere/c", join(folder, "c"));
    Deno.symlinkSync("round", join(folder, "b", "round"));
    check(folder, { notices: [/^3 broken links are left out: a\/x\.jpg, b\/round, c$/] });
  }));

Deno.test("folders: a link back to the data set does not make its classes parts of one another", () =>
  withTemporaryFolder((folder) => {
    writeFiles(folder, Object.fromEntries(classes("set/").map((path) => [path, new Uint8Array()])));
    const set = join(folder, "set");
    Deno.symlinkSync("..", join(set, "a", "up"));
    Deno.symlinkSync("../..", join(set, "a", "further"));
    check(set, { remarks: [/^2 links point to folders that contain them and are not followed: a\/further, a\/up$/] });
  }));

Deno.test("folders: a file or folder whose name is not UTF-8 is left out with a remedy, and the others are read", () =>
  withTemporaryFolder((folder) => {
    writeFiles(folder, Object.fromEntries(classes("").map((path) => [path, new Uint8Array()])));
    writeGarbled(folder, "a/b\\344d.jpg");
    writeGarbled(folder, "b/caf\\351/1.jpg");
    check(folder, {
      notices: [/^2 names that are not UTF-8 are left out \(a\/b\ufffdd\.jpg, b\/caf\ufffd\)\. Rename, .*convmv -r /],
    });
    // Deno shows the same replacement character, but this file really has it in its name.
    writeFiles(folder, { "a/b\ufffdd.jpg": new Uint8Array() });
    check(folder, { train: 7, notices: [/^2 names that are not UTF-8/] });
  }));

Deno.test("bad input: a class whose name is not UTF-8 is reported in one line with the remedy, exit status 2", () =>
  withTemporaryFolder((folder) => {
    writeFiles(folder, Object.fromEntries(classes("").map((path) => [path, new Uint8Array()])));
    writeGarbled(folder, "caf\\351/1.jpg");
    check(folder, {
      refused: /the name of the class folder caf\ufffd is not UTF-8, .* Rename, .*convmv -r -f latin1/,
    });
  }));

Deno.test("bad input: a folder in which nothing can be opened is reported in one line with the reason, exit status 2", () =>
  withTemporaryFolder((folder) => {
    writeGarbled(folder, "garbled/caf\\351/1.jpg");
    check(join(folder, "garbled"), {
      refused: /no image can be opened\. The name caf\ufffd is not UTF-8\. Rename, for/,
    });
    Deno.mkdirSync(join(folder, "links"));
    for (const name of ["a", "b"]) Deno.symlinkSync(`/nowhere/${name}`, join(folder, "links", name));
    check(join(folder, "links"), {
      refused: /no image was found\. The link a is broken\. Mount or restore its target$/,
    });
    check(join(folder, "caf\ufffd"), {
      refused: /the name is not UTF-8, so it cannot be opened\. Rename the folder\.$/,
    });
    Deno.mkdirSync(join(folder, "system", "modules"), { recursive: true });
    Deno.symlinkSync("/nowhere", join(folder, "system", "modules", "modules.conf"));
    check(join(folder, "system"), { refused: /the folder must contain folders of images named after their classes/ });
    Deno.symlinkSync("round", join(folder, "round"));
    check(join(folder, "round"), {
      refused: /round cannot be read \(Too many levels of symbolic links\)\. Make it readable, or name another folder$/,
    });
    check(join(folder, "x".repeat(300)), {
      refused: /cannot be read \(File name too long\)\. Make it readable, or name another folder$/,
    });
  }));

Deno.test("a folder to be evaluated does not need a training part", () =>
  withTemporaryFolder((folder) => {
    const files = [...classes("val/", 3), ...classes("test/", 1)];
    writeFiles(folder, Object.fromEntries(files.map((path) => [path, new Uint8Array()])));
    const { validation, notices } = readFolder(folder, { share: 1, seed: 0 }, ["a", "b"]);
    assert.deepEqual(validation.paths, files.filter((path) => path.startsWith("val/")));
    assert.deepEqual(notices, ["test/ (2 images) is left out, because only val/ is used."]);
  }));

Deno.test("a folder to be evaluated may have other classes in its training part than in its validation part", () =>
  withTemporaryFolder((folder) => {
    const judged = [...images("val/a"), ...images("val/c")];
    const files = [...images("train/a"), ...images("train/b"), ...judged];
    writeFiles(folder, Object.fromEntries(files.map((path) => [path, new Uint8Array()])));
    Deno.mkdirSync(join(folder, "val", "b"));
    const { classes, train, validation } = readFolder(folder, { share: 1, seed: 0 }, ["a", "b", "c"]);
    assert.deepEqual([classes, train.paths, validation.paths], [["a", "c"], [], judged]);
    check(folder, { refused: /val\/c has images, but train\/c does not exist\. Put training images into train\/c/ });

    for (const name of ["a", "b"]) Deno.renameSync(join(folder, "train", name), join(folder, name));
    Deno.removeSync(join(folder, "train"));
    Deno.renameSync(join(folder, "val"), join(folder, "test"));
    const beside = readFolder(folder, { share: 1, seed: 0 }, ["a", "b", "c"]);
    assert.deepEqual(beside.validation.paths, judged.map((path) => path.replace("val", "test")));
  }));

Deno.test("a folder to be evaluated has the classes of the run, whatever its folders are called", () =>
  withTemporaryFolder((folder) => {
    const files = [...images("train/steam"), ...images("train/diesel")];
    writeFiles(folder, Object.fromEntries(files.map((path) => [path, new Uint8Array()])));
    const rule = { share: 1, seed: 0 };
    assert.deepEqual(readFolder(folder, rule, ["bus", "train"]).classes, ["train"]);
    assert.deepEqual(readFolder(folder, rule, ["diesel", "steam"]).classes, ["diesel", "steam"]);
  }));
