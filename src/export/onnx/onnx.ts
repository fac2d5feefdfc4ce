/** The ONNX format: one file, for ONNX Runtime and all other programs that read it. */
import { join } from "node:path";
import type { ExportedModel } from "../exported_model.ts";
import type { Format } from "../format.ts";
import { checkSize, PROTOBUF_BYTES } from "../size_limit.ts";
import { CLASSES, INPUT, onnxModel, OUTPUT } from "./onnx_model.ts";
import { encodeModel } from "./graph/proto.ts";

const FILE = "model.onnx";

/** Writes model.onnx, which contains the model, its weights and the names of the classes. */
export const onnx: Format = {
  displayName: "ONNX",

  async write(model, folder) {
    const made = onnxModel(model);
    // Check the weights before encoding, because a model of several gigabytes could use up the memory.
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

${resize === "antialias" ? "" : RESIZE_WITH_PAD}session = onnxruntime.InferenceSession("${FILE}")
classes = json.loads(session.get_modelmeta().custom_metadata_map["${CLASSES}"])

image = ImageOps.exif_transpose(Image.open("photo.jpg")).convert("RGB")
${
    resize === "antialias"
      ? paddedByPillow(size)
      : `pixels = resize_with_pad(np.asarray(image, dtype=np.float32), ${size})[np.newaxis]`
  }

probabilities = session.run(["${OUTPUT}"], {"${INPUT}": pixels})[0][0]
for index in np.argsort(-probabilities)[:3]:
    print(f"{classes[index]}: {probabilities[index]:.1%}")
\`\`\`

${
    resize === "antialias"
      ? "Pillow's antialiasing differs a little from the one that was used for training."
      : "`resize_with_pad` computes the same as TensorFlow's function of this name. Pillow always uses antialiasing, which\n" +
        "changes probabilities considerably."
  }
`;
}

/** tf.image.resize_with_pad in NumPy: bilinear, with half-pixel centres, and every side rounded to float32. */
const RESIZE_WITH_PAD = `def resize_with_pad(pixels, size):
    exact = np.float32(pixels.shape[:2]) / np.float32(max(pixels.shape[:2]) / size)
    content = np.maximum(exact.astype(int), 1)
    for axis, length in enumerate(content):
        place = (np.arange(length, dtype=np.float32) + 0.5) * np.float32(pixels.shape[axis] / length) - 0.5
        low = np.floor(place)
        share = np.expand_dims(place - low, (1, 2) if axis == 0 else (0, 2)).astype(np.float32)
        first = pixels.take(np.maximum(low, 0).astype(int), axis)
        second = pixels.take(np.minimum(np.ceil(place), pixels.shape[axis] - 1).clip(0).astype(int), axis)
        pixels = first + (second - first) * share
    before = np.maximum((np.float32(size) - exact) / 2, 0).astype(int)
    return np.pad(pixels, [*zip(before, size - content - before), (0, 0)])

`;

/** Returns the lines that convert a Pillow image to pixels. */
const paddedByPillow = (size: number) =>
  `image = ImageOps.pad(image, (${size}, ${size}), Image.Resampling.BILINEAR, color="black")
pixels = np.asarray(image, dtype=np.float32)[np.newaxis]`;
