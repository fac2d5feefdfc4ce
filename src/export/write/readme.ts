/** The README beside an exported model. */
import { counted } from "../../counted.ts";
import { bytes } from "../../dashboard/text/formats.ts";
import { classNamesText } from "../../data/arrays/class_names.ts";
import { stripControl } from "../../text.ts";
import type { ExportedModel } from "../exported_model.ts";
import type { Format } from "../format.ts";

/** What the README says about the origin of a model. */
export interface Origin {
  /** The run's id. */
  readonly run: string;
  /** The name of the checkpoint, such as `best`. */
  readonly checkpoint: string;
  /** The number of finished epochs, and of finished batches of the next one. */
  readonly epoch: number;
  readonly step: number;
  /** The display name of the base or network. */
  readonly network: string;
  /** Further lines about the run, such as how its base was computed. */
  readonly remarks: readonly string[];
}

/** A file of an export. */
export interface ExportedFile {
  /** The path within the export's folder. */
  readonly name: string;
  readonly bytes: number;
}

/** Returns the text of the README, in Markdown. */
export function readmeText(
  model: ExportedModel,
  { displayName, howToLoad }: Format,
  origin: Origin,
  files: readonly ExportedFile[],
): string {
  const { size, classes, weights } = model;
  const parameters = weights.flatMap((layer) => layer.weights).reduce((sum, { data }) => sum + data.length, 0);
  const batches = origin.step === 0 ? "" : ` and ${counted(origin.step, "batch", "batches")} of the next one`;
  return [
    `# ${stripControl(origin.run)} for ${displayName}`,
    "",
    `${codeSpan(origin.network)} with its head, ${
      counted(parameters, "parameter", "parameters")
    }, trained by Headlight: ` +
    `checkpoint ${origin.checkpoint}, after ${counted(origin.epoch, "epoch", "epochs")}${batches}. ` +
    `It distinguishes ${counted(classes.length, "class", "classes")}.`,
    ...origin.remarks.flatMap((line) => ["", line]),
    "",
    ...files.map(({ name, bytes: size }) => `- \`${name}\`, ${bytes(size)}`),
    "- `classes.txt`: the names of the classes, in the order of the probabilities" +
    (/^0 /.test(classNamesText(classes))
      ? ". Each line begins with the index of the class, because a name begins with a number"
      : ""),
    "",
    "## How to load it",
    "",
    howToLoad(model).trim(),
    "",
    "## Images of other sizes",
    "",
    `For training, images were resized to ${size}×${size} as TensorFlow's \`tf.image.resize_with_pad\` does it: the ` +
    `largest copy that fits, bilinear${model.resize === "bilinear" ? "" : " with antialiasing"}, with black borders. ` +
    "Photographs were first rotated as their EXIF data says. Other ways of resizing change the probabilities a little.",
    "",
  ].join("\n");
}

/** Returns a text as a code span in Markdown, between more backticks than it has in a row. */
function codeSpan(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${text}${fence}` : `${fence} ${text} ${fence}`;
}
