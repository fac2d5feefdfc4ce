/** Explains how to use a model for TensorFlow.js: with the page that comes with it, and in a page of your own. */
import type { ExportedModel } from "../exported_model.ts";

/** Returns Markdown for a folder with the model and its page. */
export function howToUseFolder({ size, classes, resize }: ExportedModel): string {
  return `This folder is a page that classifies an image from a file, the clipboard or the camera. Put it on any web
server. It needs no build step and loads nothing from elsewhere. To try it here:

\`\`\`sh
python3 -m http.server
\`\`\`

Then open http://localhost:8000. Browsers let a page use the camera only on this computer or over HTTPS.

In a page of your own, \`classify.js\` resizes images as in training and classifies them:

\`\`\`html
<!DOCTYPE html>
<meta charset="utf-8">
<script src="tf.min.js"></script>
<script src="classify.js"></script>
<input type="file" accept="image/*">
<pre></pre>
<script>
const loading = headlight.loadClassifier("model.json");

document.querySelector("input").addEventListener("change", async ({ target }) => {
  const classifier = await loading;
  const found = await classifier.classify(target.files[0]);
  document.querySelector("pre").textContent = found.slice(0, 3)
    .map(({ name, probability }) => \`\${(100 * probability).toFixed(1)}% \${name}\`).join("\\n");
});
</script>
\`\`\`

\`tf.loadGraphModel("model.json")\` of TensorFlow.js loads the model alone, in Node and Deno too. It takes \`pixels\`,
float32 n×${size}×${size}×3 with RGB values of 0…255, and returns \`probabilities\`, n×${classes.length}. Its \`metadata\` has
the names of the classes in the same order (\`classes\`) and the \`size\`.${antialiasing(resize)}
`;
}

/** Returns Markdown for the page in one file. */
export function howToUsePage({ resize }: ExportedModel): string {
  return `\`index.html\` is a page that contains the model and classifies an image from a file, the clipboard or the camera.
Open it in a browser, from the disk or from any web server. It loads nothing from elsewhere, and images stay in the
browser. Its weights are base64 text, so it is a third larger than the model.${antialiasing(resize)}
`;
}

function antialiasing(resize: ExportedModel["resize"]): string {
  return resize === "bilinear"
    ? ""
    : "\n\nFor training, images were resized with the antialiasing of libvips. The page uses that of TensorFlow's\n" +
      "`tf.image.resize`, whose pixels differ by 0.3 of 255 on average.";
}
