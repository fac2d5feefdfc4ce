import assert from "node:assert/strict";
import { join } from "node:path";
import { formatOf, isImageFile, isImageName } from "../../../src/data/images/format.ts";
import { leftOutLines } from "../../../src/data/images/left_out.ts";
import { listImages } from "../../../src/data/images/listing.ts";
import { withTemporaryFolder } from "../../support.ts";
import { bmp, heicFiles, image, writeFiles } from "./made_images.ts";

const encode = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

for (
  const name of [
    ..."a.jpg a.JPEG a.jpe a.jfif a.png a.gif a.webp a.tif a.TIFF a.avif a.heic a.HEIF a.hif a.bmp a.dib".split(" "),
  ]
) {
  Deno.test(`${name} has the file name extension of an image`, () => assert.ok(isImageName(name)));
}

Deno.test("a file's format is determined by its content, whatever its name", async () => {
  const made = {
    jpeg: await image(8, 8).jpeg().toBuffer(),
    png: await image(8, 8).png().toBuffer(),
    gif: await image(8, 8).gif().toBuffer(),
    webp: await image(8, 8).webp().toBuffer(),
    tiff: await image(8, 8).tiff().toBuffer(),
    avif: await image(8, 8).avif().toBuffer(),
    heic: heicFiles()["grey"] ?? new Uint8Array(),
    bmp: bmp(8, 8),
  };
  for (const [format, bytes] of Object.entries(made)) assert.equal(formatOf(bytes), format);
});

/** Returns the first box of a file in the container format of HEIF, MP4 and QuickTime. */
const container = (brands: string) => encode(`\0\0\0${String.fromCharCode(8 + brands.length)}ftyp${brands}`);

for (
  const [what, bytes, format] of [
    ["a HEIF of the general brand with AVIF's beside it", container("mif1\0\0\0\0mif1avif"), "avif"],
    ["a HEIF of the general brand with HEIC's beside it", container("mif1\0\0\0\0mif1heic"), "heic"],
    ["a sequence of HEVC", container("hevc\0\0\0\0msf1hevc"), "heic"],
    ["a phone's video", container("qt  \0\0\0\0qt  heic"), null],
    ["an MP4", container("isom\0\0\0\0isomavc1"), null],
    ["a text that begins like a BMP", encode("BMW and other makes of cars"), null],
    ["a sound file in WebP's container", encode("RIFF\0\0\0\0WAVEfmt "), null],
    ["a BigTIFF", encode("II+\0\x08\0\0\0"), "tiff"],
    ["an empty file", new Uint8Array(), null],
  ] as const
) {
  Deno.test(`${what} is recognized as ${format ?? "no image"}`, () => assert.equal(formatOf(bytes), format));
}

Deno.test("a file without an extension is an image if its content is one; other files are judged by their names", async () => {
  const png = new Uint8Array(await image(8, 8).png().toBuffer());
  await withTemporaryFolder(async (folder) => {
    writeFiles(folder, {
      "a/IMG_1": png,
      "a/LICENSE": encode("BM"),
      "a/image.data": png,
      "a/empty": new Uint8Array(),
      "b/2.png": encode("no image"),
      "b/3.png": png,
    });
    assert.equal((await new Deno.Command("mkfifo", { args: [join(folder, "b", "pipe")] }).output()).code, 0);
    await Deno.symlink("IMG_1", join(folder, "a", "link"));
    await Deno.symlink("nowhere", join(folder, "a", "gone"));
    assert.equal(isImageFile(join(folder, "b", "pipe")), false);
    assert.equal(isImageFile(join(folder, "a")), false);
    const { layout } = listImages(folder);
    assert.deepEqual(layout, {
      kind: "classes",
      all: [{ name: "a", paths: ["a/IMG_1", "a/link"] }, { name: "b", paths: ["b/2.png", "b/3.png"] }],
    });
  });
});

Deno.test("omitted files are reported by extension and count, and images of unsupported kinds as notices", () => {
  const files = ["a/1.MOV", "a/2.jxl", "a/3.jxl", "a/b.txt", "a/c.txt", "a/d.json", "a/README"];
  assert.deepEqual(leftOutLines(files), {
    notices: [
      ".jxl: 2 files are left out (images in this format are not read). Convert them, for example with ImageMagick: " +
      "magick mogrify -format png *.jxl",
    ],
    remarks: [
      ".mov: 1 file is left out (videos are not read). Extract frames from them, for example one per second: " +
      "ffmpeg -i FILE.mov -r 1 FILE-%04d.png",
      "4 files are left out and are not images (.txt: 2, no extension: 1, .json: 1): a/b.txt, a/c.txt, a/README, …",
    ],
  });
  assert.deepEqual(leftOutLines(["notes.txt"]), {
    notices: [],
    remarks: ["1 file is left out and is not an image (.txt: 1): notes.txt"],
  });
  assert.deepEqual(leftOutLines([]), { notices: [], remarks: [] });
});
