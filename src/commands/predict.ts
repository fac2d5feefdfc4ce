/** `predict`: predicts the classes of images with a run, or with a model from a file. */
import process from "node:process";
import { amount } from "../dashboard/text/formats.ts";
import { callerDirectory, fromCaller } from "../paths.ts";
import { resolve } from "node:path";
import type { EngineRequest } from "../config.ts";
import { imagePaths, NAME_IMAGES, namesImages, readList } from "../results/image_paths.ts";
import { classify, type Prediction } from "../results/classify.ts";
import { modelClassifier } from "../results/model_classifier.ts";
import { predict as predictImages } from "../results/predict.ts";
import { pathColumns, predictionJson, predictionLine } from "../results/prediction_text.ts";
import { checkpointLack, openTrainedRun, roundingLines } from "../results/trained_run.ts";
import type { UsedEngine } from "../results/use_engine.ts";
import { HeadlightError } from "../errors.ts";
import { stripControl } from "../text.ts";
import { runsFlag } from "../run/folder/runs_flag.ts";
import { isRunName, runOrNewestUsable } from "./find.ts";
import { type ModelFlags, openNamedModel, refuseModelFlags } from "./model_flags.ts";
import { StatusLine } from "./status_line.ts";
import { complain } from "./output.ts";
import { useEngine } from "./use_engine.ts";

export interface PredictFlags extends ModelFlags {
  readonly runs: string;
  readonly top: number;
  readonly json: boolean;
}

/** What answers, and the images that it is asked about. */
interface Question {
  readonly images: readonly string[];
  readonly engine: EngineRequest;
  predictions(paths: readonly string[], used: UsedEngine): AsyncGenerator<Prediction, void, void>;
}

/**
 * Prints a line for each image. Returns 1 if an image could not be read, else 0.
 * @param given a run and images, or only images, which are then predicted with --model, or with the newest run that has
 * the checkpoint
 */
export async function predict(
  given: readonly string[],
  flags: PredictFlags,
  output: (line: string) => void,
): Promise<number> {
  const question = flags.model === undefined ? askRun(given, flags) : await askModel(flags.model, given, flags);
  return await answer(question, flags, output);
}

const absolute = (path: string) => resolve(callerDirectory(), path);

function askRun(given: readonly string[], flags: PredictFlags): Question {
  const { runs, checkpoint = "best", top } = flags;
  refuseModelFlags(flags);
  const [run, ...rest] = given;
  if (run === undefined) throw new HeadlightError(NAME_IMAGES);
  const isRun = isRunName(run, runs);
  const imagesAlone = !isRun && namesImages(run, absolute);
  const images = imagesAlone ? given : rest;
  if (images.length === 0) {
    throw new HeadlightError(
      isRun
        ? NAME_IMAGES
        : `${run} is neither a run, nor an image, nor a folder of images. To list the runs: deno task runs${
          runsFlag(fromCaller(runs))
        }`,
    );
  }
  let isNewest = true;
  const wanted = imagesAlone ? undefined : run;
  const found = runOrNewestUsable(wanted, runs, (one) => checkpointLack(one, checkpoint), (line) => {
    isNewest = false;
    complain(line);
  });
  const trained = openTrainedRun(found, checkpoint);
  if (imagesAlone && isNewest) complain(`Using the newest run, ${trained.run.id}`);
  for (const line of roundingLines(trained)) complain(line);
  return {
    images,
    engine: trained.resolved.engine.kind,
    predictions: (paths, used) => predictImages(trained, paths, used, top),
  };
}

async function askModel(model: string, images: readonly string[], flags: PredictFlags): Promise<Question> {
  if (images.length === 0) throw new HeadlightError(NAME_IMAGES);
  const opened = await openNamedModel(model, flags);
  return {
    images,
    engine: "auto",
    predictions: (paths, { engine, files }) => classify(modelClassifier(opened, files), paths, engine, flags.top),
  };
}

async function answer(
  { images, engine, predictions }: Question,
  { json }: PredictFlags,
  output: (line: string) => void,
): Promise<number> {
  const { paths, refused, passedOver } = await imagePaths(images, () => readList(Deno.stdin.readable), absolute);
  const status = new StatusLine();
  const refuse = (one: { path: string; reason: string }) => {
    if (json) output(predictionJson(one));
    else complain(`${stripControl(one.path)}: ${stripControl(one.reason)}`);
  };
  for (const line of passedOver) complain(stripControl(line));
  refused.forEach(refuse);
  if (paths.length === 0) return 1;
  const answerAll = async (used: UsedEngine) => {
    let unread = refused.length;
    const width = process.stdout.isTTY ? process.stdout.columns : null;
    const place = width === null ? null : { width, columns: pathColumns(paths, width) };
    let answered = 0;
    for await (const prediction of predictions(paths.map(absolute), used)) {
      const given = { ...prediction, path: paths[answered++] ?? prediction.path };
      status.clear();
      if ("reason" in given) {
        unread++;
        refuse(given);
      } else if (json) output(predictionJson(given));
      else output(predictionLine(given, place));
      status.show(amount(answered, paths.length, "images"));
    }
    return unread > 0 ? 1 : 0;
  };
  try {
    return await answerAll(await useEngine(engine, status));
  } finally {
    status.clear();
  }
}
