/** The interface of a format that models are exported to. */
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

/** A format that models are exported to. */
export interface Format {
  /** The format's name in texts. */
  readonly displayName: string;
  /**
   * Writes the model's files into an empty folder.
   *
   * @throws HeadlightError (2) if the format cannot express a layer of the model; the message names the layer
   */
  write(model: ExportedModel, folder: string, services: ExportServices): Promise<void>;
  /** Returns the section of the export's README that says how to load the model, in Markdown, with code to paste. */
  howToLoad(model: ExportedModel): string;
}
