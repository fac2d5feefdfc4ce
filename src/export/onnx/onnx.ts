/** The format ONNX: one file, for ONNX Runtime and whatever else reads it. */
import { join } from "node:path";
import prettyBytes from "pretty-bytes";
import { HeadlightError } from "../../errors.ts";
import type { ExportedModel } from "../exported_model.ts";
import type { Format } from "../format.ts";
import { CLASSES, INPUT, onnxModel, OUTPUT } from "./onnx_model.ts";
import { encodeModel } from "./graph/proto.ts";

const FILE = "model.onnx";
/** A protobuf message cannot be larger, because its length is a signed 32-bit number. */
const MOST_BYTES = 2 ** 31 - 1;

export const onnx: Format = {
  displayName: "ONNX",

  async write(model, folder) {
    const made = onnxModel(model);
    // Before the file's bytes are made, because a model of several gigabytes could use up the memory.
    checkSize(made.graph.initializer.reduce((sum, { raw_data }) => sum + raw_data.byteLength, 0));
    const bytes = encodeModel(made);
    checkSize(bytes.byteLength);
    await Deno.writeFile(join(folder, FILE), bytes);
  },

  howToLoad,
};

/** @throws HeadlightError (2) if a file of this length cannot be an ONNX file */
export function checkSize(bytes: number): void {
  if (bytes <= MOST_BYTES) return;
  throw new HeadlightError(
    `${FILE} would have ${prettyBytes(bytes)}, and an ONNX file cannot be larger than ${prettyBytes(MOST_BYTES)}. ` +
      "Choose another format with --to.",
  );
}

function howToLoad({ size, classes, resize }: ExportedModel): string {
  return `\
\`${FILE}\` is the whole model, with preprocessing and class names (in its metadata, under \`${CLASSES}\`, as a JSON list in
the order of the probabilities). Its input \`${INPUT}\` is a batch of images of ${size}×${size} pixels with the values 0…255
in RGB: float32, [batch, ${size}, ${size}, 3]. Its output \`${OUTPUT}\` has the probability of each class: float32,
[batch, ${classes.length}].

\`\`\`python
import json
import numpy as np, onnxruntime
from PIL import Image, ImageOps

session = onnxruntime.InferenceSession("${FILE}")
classes = json.loads(session.get_modelmeta().custom_metadata_map["${CLASSES}"])

image = ImageOps.exif_transpose(Image.open("photo.jpg")).convert("RGB")
image = ImageOps.pad(image, (${size}, ${size}), Image.Resampling.BILINEAR, color="black")
pixels = np.asarray(image, dtype=np.float32)[np.newaxis]

probabilities = session.run(["${OUTPUT}"], {"${INPUT}": pixels})[0][0]
for index in np.argsort(-probabilities)[:3]:
    print(f"{classes[index]}: {probabilities[index]:.1%}")
\`\`\`

Pillow resizes with antialiasing${
    resize === "antialias" ? "" : ", unlike the training"
  }, so probabilities differ a little from those of \`predict\`.
`;
}
