/** `predict`: predicts the classes of images with a run, or with a model from a file. */
import { imagePaths, readList } from "../results/image_paths.ts";
import { stripControl } from "../text.ts";
import type { PredictFlags } from "./command_flags.ts";
import { complain } from "./output.ts";
import { PaceText } from "./pace_text.ts";
import { copyPredicted, refuseUnasked } from "./predict_copies.ts";
import { predictionLines } from "./predict_lines.ts";
import { absolute, questionAbout, questionForLater } from "./predict_question.ts";
import { predictArrivals } from "./predict_watch.ts";
import { terminalDialog } from "./remove_runs.ts";
import { StatusLine } from "./status_line.ts";
import { useEngine } from "./use_engine.ts";

/**
 * Prints a line for each image, or copies the images into folders. Returns 1 if an image could not be read, else 0.
 * @param given a run and images, or only images, see `questionAbout`
 */
export async function predict(
  given: readonly string[],
  flags: PredictFlags,
  output: (line: string) => void,
): Promise<number> {
  const { watch, copy_to: copyTo, yes } = flags;
  if (watch !== undefined) return await predictArrivals(await questionForLater(given, flags), watch, flags, output);
  const dialog = terminalDialog(output);
  if (copyTo !== undefined) refuseUnasked(copyTo, yes, dialog);
  const { question, images } = await questionAbout(given, flags);
  const { paths, refused, passedOver } = await imagePaths(images, () => readList(Deno.stdin.readable), absolute);
  for (const line of passedOver) complain(stripControl(line));
  if (copyTo !== undefined) return await copyPredicted(question, { paths, refused }, { to: copyTo, yes }, dialog);
  const lines = predictionLines(flags, question.classes, paths, output);
  lines.begin();
  refused.forEach(lines.take);
  if (paths.length === 0) return 1;
  const status = new StatusLine();
  try {
    const used = await useEngine(question.engine, status);
    const pace = new PaceText();
    let [answered, unread] = [0, refused.length];
    for await (const prediction of question.predictions([paths.map(absolute)], used, lines.top)) {
      if ("reason" in prediction) unread++;
      status.clear();
      lines.take({ ...prediction, path: paths[answered++] ?? prediction.path });
      status.show(pace.text(answered, paths.length));
    }
    return unread > 0 ? 1 : 0;
  } finally {
    status.clear();
  }
}
