/** A model with its images for tests of `predict`, which needs no training. */
import { join } from "node:path";
import { image } from "../data/images/made_images.ts";
import { kerasFile } from "../model/keras_files.ts";
import { withTemporaryFolder } from "../support.ts";

export interface ModelImages {
  readonly folder: string;
  /** The flags that name the model. A classes.txt beside it names its three classes. */
  readonly model: readonly string[];
  /** A folder for images, which is empty. */
  readonly images: string;
}

/** Makes a model and a folder for images. @param names the names of its classes */
export function withModelImages(
  names: readonly [string, string, string],
  body: (made: ModelImages) => Promise<void>,
): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const [place, images] = [join(folder, "model"), join(folder, "images")];
    Deno.mkdirSync(place);
    Deno.mkdirSync(images);
    Deno.copyFileSync(kerasFile("mixed.keras"), join(place, "ours.keras"));
    Deno.writeTextFileSync(join(place, "classes.txt"), names.join("\n"));
    await body({ folder, model: ["--model", join(place, "ours.keras")], images });
  });
}

/** Returns a PNG. Each seed gives another one. */
export async function png(seed: number): Promise<Uint8Array> {
  return new Uint8Array(
    await image(24, 24, seed % 50).withMetadata({ exif: { IFD0: { Copyright: `${seed}` } } }).png()
      .toBuffer(),
  );
}
