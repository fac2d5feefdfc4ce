import assert from "node:assert/strict";
import { join } from "node:path";
import { imagePaths, namesImages, readList } from "../../src/results/image_paths.ts";
import { HeadlightError } from "../../src/errors.ts";
import { needs, withTemporaryFolder } from "../support.ts";
import { writeGarbled } from "../data/images/made_folders.ts";
import { writeFiles } from "../data/images/made_images.ts";

const NOTHING = new Uint8Array();

/** Returns the images requested by `given` in a folder, with a list on standard input. */
function ask(folder: string, given: readonly string[], list = "") {
  return imagePaths(given, () => Promise.resolve(list), (path) => join(folder, path));
}

Deno.test("a loop of links, a name too long and a file used as a folder are kept, to be named when they are read", () =>
  withTemporaryFolder(async (folder) => {
    writeFiles(folder, { "a.jpg": NOTHING });
    Deno.symlinkSync("round", join(folder, "round"));
    const odd = ["round", "x".repeat(300), "y/".repeat(3000) + "z.jpg", "a.jpg/b.jpg", "nowhere.jpg", "nul\0.jpg"];
    assert.deepEqual(await ask(folder, [...odd, "a.jpg"]), { paths: [...odd, "a.jpg"], refused: [], passedOver: [] });
    const garbled = await ask(folder, ["b\ufffdd.jpg"]);
    assert.deepEqual(garbled.refused, [{ path: "b\ufffdd.jpg", reason: "its name is not valid UTF-8. Rename it." }]);
    assert.deepEqual((await ask(folder, ["-"], "round\na.jpg\n")).paths, ["round", "a.jpg"]);
  }));

Deno.test("an unreadable item found in a folder is reported by name, and skipped files are counted", () =>
  withTemporaryFolder(async (folder) => {
    writeFiles(folder, {
      "set/1.jpg": NOTHING,
      "set/deep/er/2.png": NOTHING,
      "set/notes.txt": NOTHING,
      "set/deep/x.mov": NOTHING,
      "set/.3.jpg": NOTHING,
      "plain/4.gif": NOTHING,
    });
    Deno.symlinkSync("/nowhere/5.jpg", join(folder, "set", "5.jpg"));
    Deno.symlinkSync("..", join(folder, "set", "deep", "up"));
    writeGarbled(folder, "set/b\\344d.jpg");
    assert.deepEqual(await ask(folder, ["set", "plain"]), {
      paths: ["set/1.jpg", "set/deep/er/2.png", "plain/4.gif"],
      refused: [
        { path: "set/5.jpg", reason: "broken symbolic link" },
        { path: "set/b\ufffdd.jpg", reason: "its name is not valid UTF-8. Rename it." },
      ],
      passedOver: [
        "set: .mov: 1 file is left out (videos are not read). Extract frames from them, for example one per second: " +
        "ffmpeg -i FILE.mov -r 1 FILE-%04d.png",
        "set: 1 file is left out and is not an image (.txt: 1): set/notes.txt",
        "set: 1 hidden image is left out: set/.3.jpg",
        "set: 1 symbolic link points to a folder that contains it and is not followed: set/deep/up",
      ],
    });
  }));

Deno.test({
  name: `an unreadable folder does not stop the others from being searched${needs("a user other than root")}`,
  ignore: Deno.uid() === 0,
  fn: () =>
    withTemporaryFolder(async (folder) => {
      writeFiles(folder, { "set/1.jpg": NOTHING, "set/locked/2.jpg": NOTHING });
      Deno.chmodSync(join(folder, "set", "locked"), 0);
      const { paths, refused } = await ask(folder, ["set"]);
      Deno.chmodSync(join(folder, "set", "locked"), 0o700);
      assert.deepEqual(paths, ["set/1.jpg"]);
      assert.deepEqual(refused, [{
        path: "set/locked",
        reason: "the folder cannot be read (Permission denied)",
      }]);
    }),
});

Deno.test("bad input: a folder without an image is named with what was skipped, exit status 2", () =>
  withTemporaryFolder(async (folder) => {
    writeFiles(folder, { "set/notes.txt": NOTHING });
    await assert.rejects(ask(folder, ["set"]), (error) => {
      assert.ok(error instanceof HeadlightError && error.exitStatus === 2);
      assert.match(
        error.message,
        /^No images in set \(set: 1 file is left out and is not an image .*notes\.txt\)\. Name other/,
      );
      return true;
    });
  }));

Deno.test("a video given by name is refused with train's remedy, and an image is accepted whatever its name", () =>
  withTemporaryFolder(async (folder) => {
    writeFiles(folder, { "a.MOV": NOTHING, "b.mov": Uint8Array.of(0xff, 0xd8, 0xff, 0xe0) });
    const { paths, refused } = await ask(folder, ["a.MOV", "b.mov", "gone.mov"]);
    assert.deepEqual(paths, ["b.mov", "gone.mov"]);
    assert.deepEqual(refused, [{
      path: "a.MOV",
      reason:
        "videos are not read. Extract frames from them, for example one per second: ffmpeg -i FILE.mov -r 1 FILE-%04d.png",
    }]);
  }));

Deno.test("an argument stands for images if it is an image, existing or not, a list, or a folder with images", () =>
  withTemporaryFolder((folder) => {
    writeFiles(folder, {
      "a.jpg": NOTHING,
      "set/deep/b.png": NOTHING,
      "empty/notes.txt": NOTHING,
      "notes.txt": NOTHING,
    });
    const images = ["a.jpg", "gone.PNG", "set", "-"];
    const words = [...images, "empty", "notes.txt", "20261126-154010", "latest"];
    assert.deepEqual(words.filter((word) => namesImages(word, (path) => join(folder, path))), images);
    return Promise.resolve();
  }));

Deno.test("a list on standard input is read completely, wherever its bytes are split", async () => {
  const bytes = new TextEncoder().encode("Äpfel/1.jpg\n三.png\n");
  assert.equal(
    await readList(ReadableStream.from([...bytes].map((byte) => Uint8Array.of(byte)))),
    "Äpfel/1.jpg\n三.png\n",
  );
});

Deno.test("bad input: an endless standard input is refused in one line and not read further", async () => {
  let read = 0;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => {
      read += 1000;
      controller.enqueue(new Uint8Array(1000));
    },
  });
  await assert.rejects(readList(endless, 10_000), (error) => {
    assert.ok(error instanceof HeadlightError && error.exitStatus === 2);
    assert.match(
      error.message,
      /^Standard input has more than 10000 bytes, so it is not a list of paths\. Write one path per line\.$/,
    );
    return true;
  });
  assert.ok(read < 15_000, `${read} bytes were read`);
});
