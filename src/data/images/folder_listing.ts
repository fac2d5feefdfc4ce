/** The contents of a folder of images. Plain data, because the command sends it to the trainer. */
import { z } from "zod";

const textsSchema = z.array(z.string()).readonly();

/** The images of one class, as sorted paths relative to the listed folder. */
const classFilesSchema = z.object({ name: z.string(), paths: textsSchema }).readonly();
export type ClassFiles = z.infer<typeof classFilesSchema>;

const classesSchema = z.array(classFilesSchema).readonly();

export const folderListingSchema = z.object({
  layout: z.discriminatedUnion("kind", [
    /** `<class>/…` or `train/<class>/…` without a validation part: a share of each class is used for validation. */
    z.object({ kind: z.literal("classes"), all: classesSchema }),
    /** `train/<class>/…` with a validation part beside it. */
    z.object({
      kind: z.literal("parts"),
      train: classesSchema,
      validation: classesSchema,
      /** The folders that contain the class folders, relative to the listed folder. */
      folders: z.object({ train: z.string(), validation: z.string() }),
    }),
  ]),
  /** Files that are not images, judging by their names. */
  others: textsSchema,
  /** Notices to show during the whole run: why the run learns from other images than one may expect. */
  notices: textsSchema,
  /** Other remarks on the folder, shown once. */
  remarks: textsSchema,
}).readonly();
export type FolderListing = z.infer<typeof folderListingSchema>;
