/** The format ONNX: one file, for ONNX Runtime and whatever else reads it. */
import { join } from "node:path";
import type { ExportedModel } from "../exported_model.ts";
import type { Format } from "../format.ts";
import { checkSize, PROTOBUF_BYTES } from "../size_limit.ts";
import { CLASSES, INPUT, onnxModel, OUTPUT } from "./onnx_model.ts";
import { encodeModel } from "./graph/proto.ts";

const FILE = "model.onnx";

export const onnx: Format = {
  displayName: "ONNX",

  async write(model, folder) {
    const made = onnxModel(model);
    // Before the file's bytes are made, because a model of several gigabytes could use up the memory.
    checkSize(FILE, made.graph.initializer.reduce((sum, { raw_data }) => sum + raw_data.byteLength, 0), PROTOBUF_BYTES);
    const bytes = encodeModel(made);
    checkSize(FILE, bytes.byteLength, PROTOBUF_BYTES);
    await Deno.writeFile(join(folder, FILE), bytes);
  },

  howToLoad,
};

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
