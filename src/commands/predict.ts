/** `predict`: predicts the classes of images with a run. */
import process from "node:process";
import { callerDirectory } from "../paths.ts";
import { resolve } from "node:path";
import { imagePaths, NAME_IMAGES, namesImages, readList } from "../results/image_paths.ts";
import { predict as predictImages } from "../results/predict.ts";
import { predictionJson, predictionLine } from "../results/prediction_text.ts";
import { openTrainedRun } from "../results/trained_run.ts";
import { useEngine } from "../results/use_engine.ts";
import { HeadlightError } from "../errors.ts";
import { stripControl } from "../text.ts";
import { isRunName, runOrLatest } from "./find.ts";
import { StatusLine } from "./status_line.ts";
import { complain } from "./output.ts";

export interface PredictFlags {
  readonly runs: string;
  readonly checkpoint: string;
  readonly top: number;
  readonly json: boolean;
}

/**
 * Prints a line for each image. Returns 1 if an image could not be read, else 0.
 * @param given a run and images, or only images, which are then predicted with the newest run
 */
export async function predict(
  given: readonly string[],
  { runs, checkpoint, top, json }: PredictFlags,
  output: (line: string) => void,
): Promise<number> {
  const absolute = (path: string) => resolve(callerDirectory(), path);
  const [run, ...rest] = given;
  if (run === undefined) throw new HeadlightError(NAME_IMAGES);
  const isRun = isRunName(run, runs);
  const imagesAlone = !isRun && namesImages(run, absolute);
  const images = imagesAlone ? given : rest;
  if (images.length === 0) {
    throw new HeadlightError(
      isRun
        ? NAME_IMAGES
        : `${run} is neither a run, nor an image, nor a folder of images. To list the runs: deno task runs`,
    );
  }
  const trained = openTrainedRun(runOrLatest(imagesAlone ? undefined : run, runs), checkpoint);
  if (imagesAlone) complain(`Using the newest run, ${trained.run.id}`);
  const asked = await imagePaths(images, () => readList(Deno.stdin.readable), absolute);
  const { paths, refused, passedOver } = asked;
  const status = new StatusLine();
  const refuse = (one: { path: string; reason: string }) => {
    if (json) output(predictionJson(one));
    else complain(`${stripControl(one.path)}: ${stripControl(one.reason)}`);
  };
  for (const line of passedOver) complain(stripControl(line));
  refused.forEach(refuse);
  let unread = refused.length;
  if (paths.length === 0) return 1;
  try {
    const used = await useEngine(trained.resolved.engine.kind, ({ label }) => status.show(label));
    let place = 0;
    for await (const prediction of predictImages(trained, paths.map(absolute), used, top)) {
      const given = { ...prediction, path: paths[place++] ?? prediction.path };
      status.clear();
      if ("reason" in given) {
        unread++;
        refuse(given);
      } else if (json) output(predictionJson(given));
      else output(predictionLine(given, process.stdout.isTTY ? process.stdout.columns : null));
      status.show(`${place} of ${paths.length} images`);
    }
  } finally {
    status.clear();
  }
  return unread > 0 ? 1 : 0;
}
