/** HEADLIGHT_MUTATIONS sets how many files of each format are tried. If it is set, figures are printed. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import sharp from "sharp";
import { decodeImage } from "../../../src/data/images/decode.ts";
import { formatOf } from "../../../src/data/images/format.ts";
import { BrokenImageError, MOST_PIXELS } from "../../../src/data/images/decoders/image.ts";
import { heicFiles, image } from "./made_images.ts";
import { mutations } from "./mutations.ts";

const named = Deno.env.get("HEADLIGHT_MUTATIONS");
const COUNT = named === undefined ? 300 : Number(named);
const SEED = 13;

/** No file of a few kilobytes may take longer than this, even on a busy machine. */
const LONGEST_MS = 10_000;
/** The memory that may remain in use after all files: the decoders' own, and objects not yet collected. */
const MOST_GROWTH = 200e6;

const bmps: Record<string, { bmp: string }> = JSON.parse(
  Deno.readTextFileSync(new URL("../../fixtures/bmp_pixels.json", import.meta.url)),
);

const ORIGINALS: Readonly<Record<string, () => Promise<readonly Uint8Array[]>>> = {
  bmp: () => Promise.resolve(Object.values(bmps).map(({ bmp }) => new Uint8Array(Buffer.from(bmp, "base64")))),
  heic: () => Promise.resolve(Object.values(heicFiles())),
  tiff: async () =>
    await Promise.all([
      image(31, 17).tiff({ compression: "none" }).toBuffer(),
      image(31, 17).tiff({ compression: "lzw", tile: true }).toBuffer(),
      image(31, 17).tiff({ compression: "jpeg" }).toBuffer(),
      sharp(new Uint8Array(31 * 17), { raw: { width: 31, height: 17, channels: 1 } }).tiff({ bitdepth: 1 }).toBuffer(),
    ]),
  avif: async () => [new Uint8Array(await image(31, 17).avif().toBuffer())],
};

for (const [format, originals] of Object.entries(ORIGINALS)) {
  Deno.test(`damaged ${format} files are read or refused without a crash, a hang or growing memory`, async () => {
    const files = await originals();
    for (const file of files) await decodeImage(file).catch(() => {});
    const before = Deno.memoryUsage().rss;
    let [read, refused, others, slowestMs, most] = [0, 0, 0, 0, 0];
    const reasons = new Map<string, number>();
    for (const bytes of mutations(files, SEED, COUNT)) {
      if (formatOf(bytes) !== format) {
        others++;
        continue;
      }
      const startMs = performance.now();
      try {
        const { width, height, pixels } = await decodeImage(bytes);
        assert.equal(pixels.length, width * height * 3);
        assert.ok(width * height <= MOST_PIXELS);
        read++;
      } catch (error) {
        if (!(error instanceof BrokenImageError)) throw error;
        assert.match(error.message, /^[^\n]+$/);
        const reason = error.message.replace(/\d+/g, "N");
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        refused++;
      }
      slowestMs = Math.max(slowestMs, performance.now() - startMs);
      most = Math.max(most, Deno.memoryUsage().rss);
    }
    const grown = Deno.memoryUsage().rss - before;
    if (named !== undefined) {
      const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
      console.log(
        `${format}: ${COUNT} mutations, ${read} read, ${refused} refused, ${others} no longer ${format}; slowest ` +
          `${slowestMs.toFixed(0)} ms; memory ${mb(before)} before, ${mb(most)} at most, ${mb(grown)} more afterwards`,
      );
      console.log([...reasons].sort(([, one], [, other]) => other - one).slice(0, 12));
    }
    assert.ok(read > 0 && refused > 0, `${read} read, ${refused} refused`);
    assert.ok(slowestMs < LONGEST_MS, `${slowestMs} ms`);
    assert.ok(grown < MOST_GROWTH, `${grown} bytes`);
  });
}
