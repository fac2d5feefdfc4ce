/** Reads the images that a network from scratch is trained on, before training begins. */
import type { RunOptions } from "../config.ts";
import type { BrokenImage, Dataset } from "../data/dataset/dataset.ts";
import type { Tf } from "../engine/engine.ts";
import { requireClassesOf } from "../features/assembly.ts";
import { KEPT_BYTES, PixelSource } from "../features/pixels/pixel_source.ts";
import type { Part } from "../features/rows/feature_set.ts";
import type { Control } from "../training/control.ts";
import { Turns } from "../turns.ts";
import { BrokenImages } from "./broken_images.ts";
import { waitWhilePaused } from "./extract_phase.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { sayNotices, sharedNotice } from "./notices.ts";

export type PixelData = Readonly<Record<Part, PixelSource>>;

export interface PixelServices {
  readonly control: Control;
  readonly journal: Journal;
  readonly ledger: Ledger;
}

/**
 * Reads all images once: what cannot be decoded must be known before the first epoch. Broken images are named and left
 * out, and files that are in both parts are named. A pause holds after the images that are being read.
 *
 * @returns the pixels of both parts, or null where a stop was asked for first
 * @throws HeadlightError (1) where more images are broken than may be, or a class has none left
 */
export async function readPixels(
  tf: Tf,
  dataset: Dataset,
  { size, max_broken: maxBroken }: Pick<RunOptions, "size" | "max_broken">,
  services: PixelServices,
): Promise<PixelData | null> {
  const { control, journal } = services;
  const total = dataset.train.count + dataset.validation.count;
  const turns = new Turns();
  const broken = new BrokenImages(total, maxBroken, journal);
  const open = async (part: Part, before: number): Promise<PixelSource | null> => {
    const found: BrokenImage[] = [];
    const source = await PixelSource.open(tf, dataset[part], {
      size,
      // Each part gets its share of what may be kept.
      keptBytes: KEPT_BYTES * dataset[part].count / total,
      signal: control.stopped,
      // A data set that is in memory is read without any wait, so that commands would not be processed.
      turn: async () => {
        await turns.next();
        if (control.paused && control.stop === null) await waitWhilePaused(control, journal);
      },
      onRead: (done, newest) => {
        found.push(...newest);
        broken.add(newest);
        const label = "reading the images";
        journal.progress({ phase: "prepare", label, done: before + done, total, unit: "images" });
      },
    });
    if (source) requireClassesOf(part, { broken: found, labels: dataset[part].labels });
    return source;
  };
  const train = await open("train", 0);
  const validation = train && await open("validation", dataset.train.count);
  if (!validation) return null;
  broken.requireFew();
  sayNotices([broken.notice(), sharedNotice(dataset)], services);
  return { train, validation };
}
