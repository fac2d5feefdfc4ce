import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { decoderVersion } from "../../../src/data/images/decoder_version.ts";
import { FileIndex } from "../../../src/data/dataset/file_index.ts";
import { openImages } from "../../../src/data/images/folder.ts";
import { FileHasher, formatIn, hashOf } from "../../../src/data/images/hash.ts";
import { withTemporaryFolder } from "../../support.ts";
import { bmp, heicFiles, image, writeFiles } from "./made_images.ts";

const source = (folder: string) => ({
  kind: "pictures" as const,
  folder,
  name: "made",
  share: 1,
  seed: 1,
  resize: "bilinear" as const,
});

const JPEG_KEY = "a653a368cac65e9baaff5a37783a2744507f66ac0a5f4d411f919129a3cb1ad0";
const PNG_KEY = "d808fb36ecd628af8720017a6bec4d63bef7c861844152c184e30cec78cb697d";

Deno.test("replacing the BMP decoder changed the keys of BMPs but not those of JPEGs and PNGs", async () => {
  const files = {
    "a/1.jpg": Uint8Array.of(0xff, 0xd8, 0xff, 1),
    "b/2.png": Uint8Array.from("\x89PNG\r\n\x1a\n2", (character) => character.charCodeAt(0)),
    // The name does not matter.
    "b/3.jpg": bmp(3, 2),
  };
  await withTemporaryFolder(async (folder) => {
    writeFiles(folder, files);
    const dataset = openImages(source(folder), 8);
    const [jpeg, png, other] = await dataset.validation.digests();
    dataset.close();
    // Recorded when "1: sharp 0.35.5, bmp-ts 1.0.9" was the version for all formats.
    assert.equal(jpeg, JPEG_KEY);
    assert.equal(png, PNG_KEY);
    const file = createHash("sha256").update(files["b/3.jpg"]).digest("hex");
    const before = JSON.stringify({ decoder: decoderVersion("jpeg"), resize: "bilinear", file });
    assert.notEqual(other, createHash("sha256").update(before).digest("hex"));
  });
});

Deno.test("keys are the same whether a file is hashed or decoded, with or without an index of files", async () => {
  const heic = heicFiles()["grey"] ?? new Uint8Array();
  const files = { "a/1.jpg": await image(9, 9).jpeg().toBuffer(), "b/1.bmp": bmp(9, 9), "b/2.heic": heic };
  await withTemporaryFolder(async (folder) => {
    writeFiles(join(folder, "data"), files);
    const dataset = openImages(source(join(folder, "data")), 8);
    try {
      const read = await dataset.validation.read(0, 3);
      assert.deepEqual(read.broken, []);
      const digests = await dataset.validation.digests();
      assert.deepEqual(read.digests, digests);
      for (let time = 0; time < 2; time++) {
        // At a later time, when the files are old enough to be remembered.
        const index = new FileIndex(join(folder, "index.json"), join(folder, "data"), {
          nowMs: () => Date.now() + 60_000,
        });
        assert.deepEqual(await dataset.validation.digests({ files: index }), digests);
        index.save(true);
      }
      assert.equal(new Set(digests).size, 3);
    } finally {
      dataset.close();
    }
  });
});

Deno.test("a hash names the format if its decoder is not sharp", async () => {
  const made = [
    [bmp(4, 4), "bmp"],
    [heicFiles()["grey"] ?? new Uint8Array(), "heic"],
    [new Uint8Array(await image(4, 4).tiff().toBuffer()), null],
    [new Uint8Array(), null],
  ] as const;
  for (const [bytes, format] of made) {
    const hash = hashOf(bytes);
    assert.equal(formatIn(hash), format);
    assert.equal(hash.split(" ")[0], createHash("sha256").update(bytes).digest("hex"));
    await withTemporaryFolder(async (folder) => {
      writeFiles(folder, { file: bytes });
      assert.equal(await new FileHasher().hash(join(folder, "file")), hash);
    });
  }
});
