/** A small run trained on image files, for tests of what follows training. */
import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { writeFiles } from "../data/images/made_images.ts";
import { emptyFeatureCache, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

export interface ImageRun {
  /** The run's directory. */
  readonly directory: string;
  /** The run's images: train/ and val/ with three classes each. */
  readonly data: string;
  readonly env: Record<string, string>;
  /** The events of the run's epochs. */
  readonly epochs: ReturnType<JsonRun["all"]>;
  readonly run: JsonRun;
}

const COLOURS = { green: [40, 160, 60], red: [190, 40, 30], "very blue": [30, 50, 200] } as const;

/** Returns noisy images of a colour. Some have a mixed colour, so that not all can be told apart. */
async function noisy([r, g, b]: readonly [number, number, number], seed: number): Promise<Uint8Array> {
  const side = 50 + (seed % 7);
  let state = seed * 7919 + 17;
  const noise = () => ((state = (state * 1103515245 + 12345) % 2147483648) / 2147483648 - 0.5) * 160;
  const pixels = Uint8Array.from(
    { length: side * side * 3 },
    (_, index) => Math.max(0, Math.min(255, ([r, g, b][index % 3] ?? 0) + noise())),
  );
  const image = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
  return new Uint8Array(await image.jpeg().toBuffer());
}

/** Trains a run and passes it on. @param parts the folders of 14 and 6 images of each class; both "" for no parts */
export function withImageRun(
  flags: readonly string[],
  body: (run: ImageRun) => Promise<void>,
  parts: readonly [train: string, validation: string] = ["train/", "val/"],
): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const data = join(folder, "colours");
    const files: Record<string, Uint8Array> = {};
    let seed = 0;
    for (const [name, [r, g, b]] of Object.entries(COLOURS)) {
      for (let index = 0; index < 20; index++) {
        // Every fifth image is half another colour.
        const colour = index % 5 === 0 ? [(r + 190) / 2, (g + 40) / 2, (b + 30) / 2] as const : [r, g, b] as const;
        files[`${parts[index < 14 ? 0 : 1]}${name}/${index}.jpg`] = await noisy(colour, ++seed);
      }
    }
    writeFiles(data, files);
    const env = emptyFeatureCache(folder);
    const run = new JsonRun(
      [
        ...["train", "--data", data, "--base", "squeezenet11", "--weights", "random", "--size", "64", "--epochs", "3"],
        ...["--runs", join(folder, "runs"), ...flags],
      ],
      { env },
    );
    assert.equal(await run.status(), 0, run.stderr);
    await body({ directory: await run.directory(), data, env, epochs: run.all("epoch"), run });
  });
}
