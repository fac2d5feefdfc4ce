/** The format of TensorFlow's SavedModel, which Python, Keras and TensorFlow Serving load. */
import { join } from "node:path";
import { encodeSavedModel } from "../../engine/tensorflow/capture/saved_model.ts";
import { stripControl } from "../../text.ts";
import type { ExportedModel } from "../exported_model.ts";
import type { ExportServices, Format } from "../format.ts";
import { recordNetwork } from "../recorded_network.ts";
import { checkSize, PROTOBUF_BYTES, weightBytes } from "../size_limit.ts";
import { howToLoad } from "./how_to_load.ts";
import { CLASSES_FILE, servedModel } from "./signatures.ts";

/** The folder that TensorFlow loads. */
const FOLDER = "saved_model";
const FILE = "saved_model.pb";

/** Writes the folder `saved_model/`: the graph with its weights, and the names of the classes. */
export const savedModel: Format = {
  displayName: "TensorFlow SavedModel",

  async write(model: ExportedModel, folder: string, services: ExportServices): Promise<void> {
    checkSize(FILE, weightBytes(model), PROTOBUF_BYTES);
    const tf = await services.tf();
    const served = servedModel(recordNetwork(tf, model), model);
    const root = join(folder, FOLDER);
    await Deno.mkdir(join(root, "assets"), { recursive: true });
    await Deno.writeTextFile(join(root, "assets", CLASSES_FILE), lines(model.classes));
    const bytes = encodeSavedModel(served, served);
    checkSize(FILE, bytes.byteLength, PROTOBUF_BYTES);
    await Deno.writeFile(join(root, FILE), bytes);
  },

  howToLoad: (model) => howToLoad(model, FOLDER),
};

/** Returns one name on each line. Without control characters, because a line break in a name would make two lines. */
function lines(classes: readonly string[]): string {
  return classes.map((name) => `${stripControl(name)}\n`).join("");
}
