/** The images of the bench, as many as in the lesson, and demo sets of any size, as folders of .npy files. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DEMO_SEED, demoImages } from "../../src/data/demo/demo.ts";
import { encodeNpy } from "../npy.ts";
import { shared } from "../support.ts";

export interface ImageFolder {
  readonly folder: string;
  readonly train: number;
  readonly validation: number;
  readonly describedAs: string;
}

/** A quarter of the images are for validation, as in the lesson. */
export function splitOf(total: number): { train: number; validation: number } {
  const validation = Math.floor(total / 4);
  return { train: total - validation, validation };
}

/** Draws this number of 64×64 demo images into a folder with the lesson's four files. */
export async function drawDemoFolder(folder: string, train: number, validation: number): Promise<ImageFolder> {
  Deno.mkdirSync(folder, { recursive: true });
  for (const [file, part, count] of [["train", "train", train], ["test", "validation", validation]] as const) {
    const set = demoImages(count, DEMO_SEED, part);
    const { pixels, height, width } = await set.read(0, count);
    if (!(pixels instanceof Uint8Array)) throw new TypeError("demo images are bytes");
    const images = encodeNpy({ dtype: "uint8", shape: [count, height, width, 3], data: pixels });
    Deno.writeFileSync(join(folder, `${file}_images.npy`), images);
    const labels = encodeNpy({ dtype: "int32", shape: [count], data: set.labels });
    Deno.writeFileSync(join(folder, `${file}_labels.npy`), labels);
  }
  return { folder, train, validation, describedAs: `${train} + ${validation} demo images of 64×64` };
}

/**
 * Returns grocery10 with 865 + 300 photographs, or as many demo images if the shared folder is missing. `quick` uses
 * few.
 */
export async function lessonImages(workFolder: string, quick: boolean): Promise<ImageFolder> {
  const grocery10 = shared("data", "grocery10");
  if (quick) return await drawDemoFolder(join(workFolder, "demo-quick"), 96, 32);
  if (!existsSync(join(grocery10, "train_images.npy"))) {
    return await drawDemoFolder(join(workFolder, "demo-lesson"), 865, 300);
  }
  return { folder: grocery10, train: 865, validation: 300, describedAs: "grocery10, 865 + 300 photographs of 64×64" };
}
