/** Explains how to use a SavedModel: in Python, in Keras and with TensorFlow Serving. */
import { counted } from "../../counted.ts";
import type { ExportedModel } from "../exported_model.ts";

/**
 * Returns Markdown with code that can be pasted.
 *
 * @param folder the SavedModel's folder, beside the README
 */
export function howToLoad({ name, size, classes, resize }: ExportedModel, folder: string): string {
  return `\`${folder}/\` is the whole model, with preprocessing. It has three signatures. Each takes any number of images and
returns \`probabilities\`, with one row for each image and ${
    counted(classes.length, "column", "columns")
  }. The names of the classes are in
\`${folder}/assets/classes.txt\`, and \`jpeg\` returns them as \`classes\`, in the same order.

| signature | input | |
| --- | --- | --- |
| \`serving_default\` | \`pixels\`, float32 n×${size}×${size}×3 | RGB values of 0…255 |
| \`any_size\` | \`pixels\`, float32 n×height×width×3 | the same for images of any size, which the model resizes as in training |
| \`jpeg\` | \`image_bytes\`, n strings | the bytes of JPEG or PNG files of any sizes |

In Python with TensorFlow 2:

\`\`\`python
import tensorflow as tf

model = tf.saved_model.load("${folder}")
files = [tf.io.read_file("photo.jpg")]
result = model.signatures["jpeg"](image_bytes=tf.stack(files))
best = tf.argsort(result["probabilities"][0], direction="DESCENDING")[:3]
for place in best.numpy():
    print(result["classes"][0, place].numpy().decode(), f"{result['probabilities'][0, place]:.1%}")
\`\`\`

As a layer in Keras 3:

\`\`\`python
import keras

layer = keras.layers.TFSMLayer("${folder}", call_endpoint="serving_default")
pixels = keras.Input((${size}, ${size}, 3))
model = keras.Model(pixels, layer(pixels)["probabilities"])
\`\`\`

With TensorFlow Serving, whose REST API takes files as base64:

\`\`\`sh
docker run --rm -p 8501:8501 -v "$PWD/${folder}:/models/${name}/1" -e MODEL_NAME=${name} tensorflow/serving
\`\`\`

\`\`\`sh
(printf '{"signature_name": "jpeg", "instances": [{"image_bytes": {"b64": "'
 base64 < photo.jpg | tr -d '\\n'
 printf '"}}]}') | curl -d @- http://localhost:8501/v1/models/${name}:predict
\`\`\`

\`jpeg\` ignores the orientation in a photo's EXIF data, as TensorFlow does, while Headlight rotates such photos. Rotate them
first. ${resizing(resize)}
`;
}

function resizing(resize: ExportedModel["resize"]): string {
  return resize === "bilinear"
    ? 'Give `any_size` pixels that were decoded with `tf.io.decode_jpeg(…, dct_method="INTEGER_ACCURATE")`, as in the\n' +
      "training. TensorFlow's default is faster, but its pixels differ by 1 of 255 on average and by up to 4."
    : "For training, image files were resized with the antialiasing of libvips. `any_size` and `jpeg` use TensorFlow's\n" +
      "(`tf.image.resize` with `antialias=True`). Pixels differ by 0.3 of 255 on average and by up to 7 at sharp edges.";
}
