/** What the program knows about one format that it exports models to. */
import { z } from "zod";
import type { Tf } from "../engine/engine.ts";
import type { ExportedModel } from "./exported_model.ts";

/** The words for `--to`. Each has an entry in `write/formats.ts`. */
export const exportFormatSchema = z.enum(["keras", "savedmodel", "onnx", "tfjs"]);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

/** What a writer may use besides the model. */
export interface ExportServices {
  /** Loads TensorFlow, for formats that are made from a recorded graph. */
  readonly tf: () => Promise<Tf>;
}

export interface Format {
  /** What people call it. */
  readonly displayName: string;
  /**
   * Writes the model's files into an empty folder.
   *
   * @throws HeadlightError (2) if the format cannot express a layer of the model; the message names the layer
   */
  write(model: ExportedModel, folder: string, services: ExportServices): Promise<void>;
  /** Returns the section of the export's README that says how to load it, in Markdown, with code that can be pasted. */
  howToLoad(model: ExportedModel): string;
}
