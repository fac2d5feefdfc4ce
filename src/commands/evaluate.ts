/** `evaluate`: evaluates a run on its validation set or on other images. */
import { count } from "../counted.ts";
import { amount } from "../dashboard/text/formats.ts";
import { join } from "node:path";
import { checkPixelScale } from "../data/dataset/pixel_scale.ts";
import { fromCaller } from "../paths.ts";
import { confusionPlot, confusionPlotSize } from "../results/confusion_plot.ts";
import { plotFormat, writePlot } from "../results/draw_plot.ts";
import { stripControl } from "../text.ts";
import { evaluate as evaluateRun } from "../results/evaluate.ts";
import { evaluationJson } from "../results/evaluation_json.ts";
import { type EvaluationHead, evaluationLines } from "../results/evaluation_text.ts";
import type { Metrics } from "../results/metrics.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { HeadlightError } from "../errors.ts";
import { openLabelled } from "../results/labelled_images.ts";
import { checkpointLack, openTrainedRun, roundingLines } from "../results/trained_run.ts";
import { runOrNewestUsable } from "./find.ts";
import { StatusLine } from "./status_line.ts";
import { columns } from "./terminal.ts";
import { complain } from "./output.ts";
import { useEngine } from "./use_engine.ts";

export interface EvaluateFlags {
  readonly runs: string;
  readonly data?: string | undefined;
  readonly checkpoint: string;
  readonly json: boolean;
  /** The file for the confusion matrix. By default it is in the run's folder. */
  readonly out?: string | undefined;
}

/**
 * Prints the report. Returns the exit status. @throws HeadlightError (2) if there is no such run, checkpoint or data
 */
export async function evaluate(
  wanted: string | undefined,
  { runs, data, checkpoint, json, out }: EvaluateFlags,
  output: (line: string) => void,
): Promise<number> {
  if (out !== undefined) plotFormat(out);
  const run = runOrNewestUsable(wanted, runs, (one) => checkpointLack(one, checkpoint), complain);
  const trained = openTrainedRun(run, checkpoint);
  const status = new StatusLine();
  const looked = (done: number, total: number) =>
    status.show(`checking the run's validation images: ${count(done)} of ${count(total)}`);
  const images = await openLabelled(trained, data, looked).finally(() => status.clear());
  const { notices, remarks } = images.dataset;
  for (const line of data === undefined ? notices : [...notices, ...remarks]) complain(line);
  if (images.remark !== null) complain(stripControl(images.remark));
  for (const line of roundingLines(trained)) complain(line);
  try {
    if (data !== undefined) await checkPixelScale(images.dataset, trained.resolved.preprocess);
    const { engine, files } = await useEngine(trained.resolved.engine.kind, status);
    const evaluation = await evaluateRun(trained, images, {
      engine,
      engineFiles: files,
      onProgress: (done, total) => status.show(amount(done, total, "images")),
    });
    status.clear();
    const { epoch, step } = trained.manifest;
    const head = { run: trained.run.id, checkpoint, epoch, step, images: images.name };
    const image = await drawMatrix(head, evaluation.metrics, trained.run, out);
    if (json) output(JSON.stringify(evaluationJson(head, evaluation, image)));
    else {
      for (const line of evaluationLines(head, evaluation, columns())) output(line);
      if (image !== null) output(`confusion matrix as an image: ${stripControl(image)}`);
    }
    return 0;
  } finally {
    status.clear();
    images.dataset.close();
  }
}

/**
 * Draws the confusion matrix. Returns its path, or null if it cannot be written to the run's folder; with `--out` that
 * is an error.
 */
async function drawMatrix(
  head: EvaluationHead,
  metrics: Metrics,
  run: RunDirectory,
  out: string | undefined,
): Promise<string | null> {
  const path = out === undefined ? join(run.path, `confusion-${head.checkpoint}.png`) : fromCaller(out);
  try {
    const lacking = await writePlot(confusionPlot(head, metrics), confusionPlotSize(metrics), path);
    if (lacking !== null) complain(lacking);
    return path;
  } catch (error) {
    if (out !== undefined || !(error instanceof HeadlightError)) throw error;
    return null;
  }
}
