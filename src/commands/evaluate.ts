/** `evaluate`: evaluates a run on its validation set or on other images, or a model from a file. */
import { join } from "node:path";
import type { EngineRequest } from "../config.ts";
import { count } from "../counted.ts";
import { checkPixelScale } from "../data/dataset/pixel_scale.ts";
import { HeadlightError } from "../errors.ts";
import { fromCaller } from "../paths.ts";
import { confusionPlot, confusionPlotSize } from "../results/confusion_plot.ts";
import { checkPlotFile, writePlot } from "../results/draw_plot.ts";
import { evaluate as evaluateRun, type EvaluateServices, type Evaluation } from "../results/evaluate.ts";
import { evaluateModel } from "../results/evaluate_model.ts";
import { evaluationJson } from "../results/evaluation_json.ts";
import { type EvaluationHead, evaluationLines } from "../results/evaluation_text.ts";
import { openLabelledForModel } from "../results/labelled_for_model.ts";
import { type LabelledImages, openLabelled } from "../results/labelled_images.ts";
import type { Metrics } from "../results/metrics.ts";
import { checkpointLack, openTrainedRun, roundingLines } from "../results/trained_run.ts";
import { stripControl } from "../text.ts";
import { runOrNewestUsable } from "./find.ts";
import { imageProgress } from "./image_progress.ts";
import { type ModelFlags, openNamedModel, refuseModelFlags } from "./model_flags.ts";
import { StatusLine } from "./status_line.ts";
import { columns } from "./terminal.ts";
import { complain } from "./output.ts";
import { useEngine } from "./use_engine.ts";

export interface EvaluateFlags extends ModelFlags {
  readonly runs: string;
  readonly data?: string | undefined;
  readonly json: boolean;
  /** The file for the confusion matrix. By default it is in the run's folder. */
  readonly out?: string | undefined;
}

/** What is evaluated on which images. */
interface Subject {
  readonly head: EvaluationHead;
  readonly images: LabelledImages;
  readonly engine: EngineRequest;
  /** Lines to print before anything is computed. */
  readonly remarks: readonly string[];
  /** Where the confusion matrix is drawn without `--out`; null for nowhere. */
  readonly matrix: string | null;
  /** Checks the pixels of images that are not the run's own. */
  readonly check: () => Promise<void>;
  readonly evaluate: (services: EvaluateServices) => Promise<Evaluation>;
}

/**
 * Prints the report. Returns the exit status.
 *
 * @throws HeadlightError (2) if there is no such run, checkpoint, model or data, or if options cannot be combined
 */
export async function evaluate(
  wanted: string | undefined,
  flags: EvaluateFlags,
  output: (line: string) => void,
  status = new StatusLine(),
): Promise<number> {
  const { model, out } = flags;
  if (out !== undefined) checkPlotFile(out);
  const subject = model === undefined ? await ofRun(wanted, flags, status) : await ofModel(model, wanted, flags);
  return await report(subject, flags, status, output);
}

async function ofRun(wanted: string | undefined, flags: EvaluateFlags, status: StatusLine): Promise<Subject> {
  refuseModelFlags(flags);
  const { runs, data, checkpoint = "best" } = flags;
  const run = runOrNewestUsable(wanted, runs, (one) => checkpointLack(one, checkpoint), complain);
  const trained = openTrainedRun(run, checkpoint);
  const looked = (done: number, total: number) =>
    status.show(`checking the run's validation images: ${count(done)} of ${count(total)}`);
  const images = await openLabelled(trained, data, looked).finally(() => status.clear());
  const { dataset: { notices, remarks }, remark, name } = images;
  const { epoch, step } = trained.manifest;
  return {
    head: { run: run.id, checkpoint, epoch, step, images: name },
    images,
    engine: trained.resolved.engine.kind,
    remarks: [
      ...(data === undefined ? notices : [...notices, ...remarks]),
      ...(remark === null ? [] : [remark]),
      ...roundingLines(trained),
    ],
    matrix: join(run.path, `confusion-${checkpoint}.png`),
    check: async () => {
      if (data !== undefined) await checkPixelScale(images.dataset, trained.resolved.preprocess);
    },
    evaluate: (services) => evaluateRun(trained, images, services),
  };
}

async function ofModel(file: string, run: string | undefined, flags: EvaluateFlags): Promise<Subject> {
  const { data } = flags;
  if (run !== undefined) {
    throw new HeadlightError(
      `evaluate takes a run or a model, not both. Remove ${run} to evaluate the model, or --model to evaluate the run.`,
    );
  }
  if (data === undefined) {
    throw new HeadlightError("--model needs --data DIR, the folder of images to evaluate the model on. Add it.");
  }
  const model = await openNamedModel(file, flags);
  const labelled = await openLabelledForModel(model, data);
  const { dataset, remark, name } = labelled.images;
  return {
    head: { model: model.path, images: name },
    images: labelled.images,
    engine: "auto",
    remarks: [...dataset.notices, ...dataset.remarks, ...(remark === null ? [] : [remark])],
    matrix: null,
    check: () => checkPixelScale(dataset, model.preprocess),
    evaluate: (services) => evaluateModel(model, labelled, services),
  };
}

async function report(
  { head, images, engine: wantedEngine, remarks, matrix, check, evaluate }: Subject,
  { json, out }: EvaluateFlags,
  status: StatusLine,
  output: (line: string) => void,
): Promise<number> {
  for (const line of remarks) complain(stripControl(line));
  try {
    await check();
    const { engine, files } = await useEngine(wantedEngine, status);
    const evaluation = await evaluate({ engine, engineFiles: files, ...imageProgress(status) });
    status.clear();
    const lines = json ? [] : evaluationLines(head, evaluation, columns());
    for (const line of lines) output(line);
    // JSON names the image, so it is printed after the attempt to draw it, even if that fails.
    let image: string | null = null;
    try {
      image = await drawMatrix(head, evaluation.metrics, matrix, out);
    } finally {
      if (json) output(JSON.stringify(evaluationJson(head, evaluation, image)));
    }
    if (!json && image !== null) output(`confusion matrix as an image: ${stripControl(image)}`);
    return 0;
  } finally {
    status.clear();
    images.dataset.close();
  }
}

/**
 * Draws the confusion matrix. Returns its path, or null if there is no place for it or it cannot be written to the
 * run's folder. With `--out` that is an error.
 */
async function drawMatrix(
  head: EvaluationHead,
  metrics: Metrics,
  usual: string | null,
  out: string | undefined,
): Promise<string | null> {
  const path = out === undefined ? usual : fromCaller(out);
  if (path === null) return null;
  try {
    const lacking = await writePlot(confusionPlot(head, metrics), confusionPlotSize(metrics), path);
    if (lacking !== null) complain(lacking);
    return path;
  } catch (error) {
    if (out !== undefined || !(error instanceof HeadlightError)) throw error;
    return null;
  }
}
