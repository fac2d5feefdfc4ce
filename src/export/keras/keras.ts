/** The format of Keras 3, one .keras file, which is written without Python. */
import { join } from "node:path";
import project from "../../../deno.json" with { type: "json" };
import type { Format } from "../format.ts";
import { writeKerasArchive } from "./archive.ts";
import { kerasConfig } from "./config.ts";

/** The version of Keras that would write the same file, and with which the tests read it. */
const KERAS_VERSION = "3.15.1";
/** Older versions write the input and the output of a model differently. 3.6.0 and 3.9.2 were tried by hand. */
const OLDEST_VERSION = "3.6";
const FILE = "model.keras";

/** Writes model.keras, which contains the model, its weights and the names of the classes. */
export const keras: Format = {
  displayName: "Keras 3",
  async write({ name, layers, weights, classes }, folder) {
    // Keras has no place for the names of the classes. Of the metadata it reads only its own version.
    const metadata = { keras_version: KERAS_VERSION, written_by: `Headlight ${project.version}`, class_names: classes };
    await writeKerasArchive(join(folder, FILE), metadata, kerasConfig(name, layers), weights);
  },
  howToLoad: ({ size, resize }) =>
    `\`${FILE}\` is the whole model, with preprocessing and class names (in its metadata.json), for Keras ${OLDEST_VERSION}
or newer. Its input is a batch of images of ${size}×${size} pixels with the values 0…255 in RGB, its output the
probability of each class:

\`\`\`python
import json, zipfile
import keras, numpy as np, tensorflow as tf

model = keras.models.load_model("${FILE}")
classes = json.loads(zipfile.ZipFile("${FILE}").read("metadata.json"))["class_names"]

image = tf.io.decode_jpeg(tf.io.read_file("photo.jpg"), channels=3, dct_method="INTEGER_ACCURATE")
pixels = tf.image.resize_with_pad(image, ${size}, ${size}${resize === "antialias" ? ", antialias=True" : ""})[None]
for place in np.argsort(-(probabilities := model.predict(pixels)[0]))[:3]:
    print(classes[place], f"{probabilities[place]:.1%}")
\`\`\`

TensorFlow does not rotate photographs as their EXIF data says, so rotate them first. Its default way to decode JPEG
files is faster, but gives pixels that differ from those of the training by up to 4 of 255. The layers of the base are
frozen, so \`model.compile(…)\` and \`model.fit(…)\` train the head only.
`,
};
