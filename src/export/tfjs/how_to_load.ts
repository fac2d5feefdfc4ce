/** Says how a model for TensorFlow.js is used: a page that can be pasted. */
import type { Resize } from "../../config.ts";
import type { ExportedModel } from "../exported_model.ts";

/**
 * The version that the page loads. A test keeps it equal to the one that Headlight is tested with.
 */
export const TFJS_VERSION = "4.22.0";

/** Returns Markdown with code that can be pasted. */
export function howToLoad({ size, classes, resize }: ExportedModel): string {
  return `\`model.json\` and the \`.bin\` files are the whole model, with preprocessing. It takes \`pixels\`, float32
n×${size}×${size}×3 with RGB values of 0…255, and returns \`probabilities\`, n×${classes.length}. \`model.metadata\` has the
names of the \`classes\`, in the same order, and the \`size\`.

Save this page as \`index.html\` beside \`model.json\`, and serve the folder, for example with \`python3 -m http.server\`. Then
choose a photo:

\`\`\`html
<!DOCTYPE html>
<meta charset="utf-8">
<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@${TFJS_VERSION}/dist/tf.min.js"></script>
<input type="file" accept="image/*">
<pre></pre>
<script type="module">
const loading = tf.loadGraphModel("model.json");

${resizeCode(resize)}
document.querySelector("input").addEventListener("change", async ({ target }) => {
  const model = await loading;
  const { classes, size } = model.metadata;
  const photo = await createImageBitmap(target.files[0]);
  const output = tf.tidy(() => model.predict(resizeWithPad(tf.browser.fromPixels(photo), size).expandDims()));
  const probabilities = await output.data();
  output.dispose();
  const best = classes.map((name, index) => [probabilities[index], name]).sort(([one], [other]) => other - one);
  document.querySelector("pre").textContent = best.slice(0, 3)
    .map(([probability, name]) => \`\${(100 * probability).toFixed(1)}% \${name}\`).join("\\n");
});
</script>
\`\`\`

The function \`resizeWithPad\` works with any backend of TensorFlow.js.${
    resize === "antialias"
      ? " It has the antialiasing of `tf.image.resize`, which differs from that of the training (libvips's) by 0.3 of " +
        "255 on average."
      : ""
  }
`;
}

/**
 * Returns the function that resizes images. It is not part of the model: the size of the copy must be computed to the
 * last bit, but divisions in a graph run on the GPU, which rounds them differently.
 */
function resizeCode(resize: Resize): string {
  const resized = resize === "antialias" ? "antialiased(image, content)" : "bilinear(image, content)";
  return `// The largest copy that fits, with black borders, as in the training. TensorFlow rounds each step to float32.
function resizeWithPad(image, size) {
  const sides = image.shape.slice(0, 2);
  const ratio = Math.fround(Math.max(...sides) / size);
  const exact = sides.map((side) => Math.fround(side / ratio));
  const content = exact.map(Math.floor);
  const before = exact.map((side) => Math.max(0, Math.floor(Math.fround(size - side) / 2)));
  const borders = content.map((side, axis) => [before[axis], size - side - before[axis]]);
  return tf.tidy(() => ${resized}.pad([...borders, [0, 0]]));
}
${resize === "antialias" ? ANTIALIASED : BILINEAR}`;
}

const BILINEAR = `
function bilinear(image, content) {
  return tf.image.resizeBilinear(image.toFloat(), content, false, true);
}
`;

const ANTIALIASED = `
function antialiased(image, [height, width]) {
  const rows = tf.einsum("yh,hwc->ywc", triangles(image.shape[0], height), image.toFloat());
  return tf.einsum("xw,ywc->yxc", triangles(image.shape[1], width), rows);
}

function triangles(from, to) {
  const reach = Math.max(1, from / to);
  const weights = Array.from({ length: to }, (_, place) => {
    const centre = (place + 0.5) * from / to - 0.5;
    const row = Array.from({ length: from }, (_, pixel) => Math.max(0, 1 - Math.abs(pixel - centre) / reach));
    const sum = row.reduce((one, other) => one + other);
    return row.map((weight) => weight / sum);
  });
  return tf.tensor2d(weights);
}
`;
