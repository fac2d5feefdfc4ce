/** What is in a folder of images, as plain data: the command hands it to the trainer. */
import { z } from "zod";

const textsSchema = z.array(z.string()).readonly();

/** The images of one class, paths from the folder on that was listed, sorted. */
const classFilesSchema = z.object({ name: z.string(), paths: textsSchema }).readonly();
export type ClassFiles = z.infer<typeof classFilesSchema>;

const classesSchema = z.array(classFilesSchema).readonly();

export const folderListingSchema = z.object({
  layout: z.discriminatedUnion("kind", [
    /** `<class>/…` alone, or in `train/` alone: a part of it is kept for validation. */
    z.object({ kind: z.literal("classes"), all: classesSchema }),
    /** `train/<class>/…` and a second folder beside it. */
    z.object({
      kind: z.literal("parts"),
      train: classesSchema,
      validation: classesSchema,
      /** What the folders are called that hold the classes, from the listed folder on. */
      folders: z.object({ train: z.string(), validation: z.string() }),
    }),
  ]),
  /** Files that are no images by their names. */
  others: textsSchema,
  /** What was left out, or taken for something, so that other images are learned from than one may expect. */
  notices: textsSchema,
  /** What else is to be said of the folder, once. */
  remarks: textsSchema,
}).readonly();
export type FolderListing = z.infer<typeof folderListingSchema>;
