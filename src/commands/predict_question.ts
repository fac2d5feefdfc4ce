/** What `predict` asks: a run or a model, and about which images. */
import { resolve } from "node:path";
import type { EngineRequest } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { callerDirectory, fromCaller } from "../paths.ts";
import { classify, type PathChunks, type Prediction } from "../results/classify.ts";
import { NAME_IMAGES, namesImages } from "../results/image_paths.ts";
import { modelClassifier } from "../results/model_classifier.ts";
import { predict } from "../results/predict.ts";
import { checkpointLack, openTrainedRun, roundingLines } from "../results/trained_run.ts";
import type { UsedEngine } from "../results/use_engine.ts";
import { runsFlag } from "../run/folder/runs_flag.ts";
import type { PredictFlags } from "./command_flags.ts";
import { isRunName, runOrNewestUsable } from "./find.ts";
import { openNamedModel, refuseModelFlags } from "./model_flags.ts";
import { complain } from "./output.ts";

/** A run or a model from a file, which predicts the classes of images. */
export interface Question {
  readonly classes: readonly string[];
  readonly engine: EngineRequest;
  /**
   * Yields a prediction for each path, in order, with the `top` most probable classes.
   * @param paths absolute
   */
  predictions(paths: PathChunks, used: UsedEngine, top: number): AsyncGenerator<Prediction, void, void>;
}

/** Returns a path that was given by the user as an absolute path. A name may begin with `~`. */
export const absolute = (path: string) => resolve(callerDirectory(), path);

/**
 * Returns the run or the model that was named, and the images that it is to predict.
 *
 * @param given a run and images, or only images, which are then predicted with --model, or with the newest run that has
 * the checkpoint
 * @throws HeadlightError (2) if there is no such run or model, or no image was named
 */
export async function questionAbout(
  given: readonly string[],
  flags: PredictFlags,
): Promise<{ readonly question: Question; readonly images: readonly string[] }> {
  if (flags.model !== undefined) {
    const question = await askModel(flags.model, flags);
    if (given.length === 0) throw new HeadlightError(NAME_IMAGES);
    return { question, images: given };
  }
  refuseModelFlags(flags);
  const [run, ...rest] = given;
  if (run === undefined) throw new HeadlightError(NAME_IMAGES);
  const isRun = isRunName(run, flags.runs);
  const imagesAlone = !isRun && namesImages(run, absolute);
  const images = imagesAlone ? given : rest;
  if (images.length === 0) {
    throw new HeadlightError(
      isRun
        ? NAME_IMAGES
        : `${run || '""'} is neither a run, nor an image, nor a folder of images. To list the runs: deno task runs${
          runsFlag(fromCaller(flags.runs))
        }`,
    );
  }
  return { question: askRun(imagesAlone ? undefined : run, flags), images };
}

/**
 * Returns what is asked about the images that come into a folder.
 *
 * @param given the run, or nothing
 * @throws HeadlightError (2) if there is no such run or model, or images were named too
 */
export async function questionForLater(given: readonly string[], flags: PredictFlags): Promise<Question> {
  const [run, image] = given;
  const stray = flags.model !== undefined || (run !== undefined && isImage(run, flags)) ? run : image;
  if (stray !== undefined) {
    throw new HeadlightError(
      `--watch cannot be combined with other images. Remove ${stray || '""'}, or give a command of its own for it.`,
    );
  }
  if (flags.model !== undefined) return await askModel(flags.model, flags);
  refuseModelFlags(flags);
  return askRun(run, flags);
}

function isImage(word: string, { runs }: PredictFlags): boolean {
  return !isRunName(word, runs) && namesImages(word, absolute);
}

/** @param wanted undefined for the newest run that has the checkpoint */
function askRun(wanted: string | undefined, { runs, checkpoint = "best" }: PredictFlags): Question {
  let isNewest = true;
  const found = runOrNewestUsable(wanted, runs, (one) => checkpointLack(one, checkpoint), (line) => {
    isNewest = false;
    complain(line);
  });
  const trained = openTrainedRun(found, checkpoint);
  if (wanted === undefined && isNewest) complain(`Using the newest run, ${trained.run.id}`);
  for (const line of roundingLines(trained)) complain(line);
  return {
    classes: trained.classes,
    engine: trained.resolved.engine.kind,
    predictions: (paths, used, top) => predict(trained, paths, used, top),
  };
}

async function askModel(model: string, flags: PredictFlags): Promise<Question> {
  const opened = await openNamedModel(model, flags);
  return {
    classes: opened.classes,
    engine: "auto",
    predictions: (paths, { engine, files }, top) => classify(modelClassifier(opened, files), paths, engine, top),
  };
}
