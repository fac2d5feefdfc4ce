/** Measures how fast one core decodes files with sharp, one after the other. */
import { join } from "node:path";
import sharp from "sharp";
import { z } from "zod";
import { resizeInto } from "../../src/data/images/resize.ts";
import { printResult, readRequest } from "./children.ts";
import { CountedRate } from "./counted_rate.ts";

export const resizingSchema = z.enum(["none", "as Headlight", "by sharp"]);

const requestSchema = z.object({
  /** A folder with a folder of files for each class. */
  folder: z.string(),
  /** Of this many processes, which one it is, from 0. It decodes its share of the files. */
  processes: z.int().min(1),
  process: z.int().min(0),
  resizing: resizingSchema,
  /** Images are resized to size × size. */
  size: z.int().min(1),
});

if (import.meta.main) {
  const { folder, processes, process, resizing, size } = readRequest(requestSchema);
  const files = [...Deno.readDirSync(folder)].flatMap(({ name }) =>
    [...Deno.readDirSync(join(folder, name))].map((file) => join(folder, name, file.name))
  ).filter((_, place) => place % processes === process);
  // As Headlight does it.
  sharp.cache(false);
  sharp.concurrency(1);
  const rate = new CountedRate(files.length);
  for (const file of files) {
    const image = sharp(file, { failOn: "error", ignoreIcc: true }).autoOrient();
    // Without `fastShrinkOnLoad: false` images of twice the size are decoded at half the size, which gives other pixels.
    const sized = resizing === "by sharp"
      ? image.resize(size, size, { fit: "contain", kernel: "linear", fastShrinkOnLoad: false })
      : image;
    const { data, info: { width, height } } = await sized.removeAlpha().toColourspace("srgb").raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (resizing === "as Headlight") {
      resizeInto(new Float32Array(size * size * 3), { width, height, pixels: data }, size);
    }
    rate.add(1);
  }
  printResult(rate.result());
  Deno.exit(0);
}
