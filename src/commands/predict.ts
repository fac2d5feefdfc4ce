/** `predict`: what a run takes pictures for. */
import process from "node:process";
import { callerDirectory } from "../paths.ts";
import { resolve } from "node:path";
import { picturePaths, readList } from "../results/picture_paths.ts";
import { predict as predictPictures } from "../results/predict.ts";
import { predictionJson, predictionLine } from "../results/prediction_text.ts";
import { openTrainedRun } from "../results/trained_run.ts";
import { useEngine } from "../results/use_engine.ts";
import { stripControl } from "../text.ts";
import { runOrLatest } from "./find.ts";
import { StatusLine } from "./status_line.ts";
import { complain } from "./output.ts";

export interface PredictFlags {
  readonly runs: string;
  readonly checkpoint: string;
  readonly top: number;
  readonly json: boolean;
}

/** Prints a line a picture. Returns 1 where one of them could not be read, else 0. */
export async function predict(
  wanted: string,
  images: readonly string[],
  { runs, checkpoint, top, json }: PredictFlags,
  output: (line: string) => void,
): Promise<number> {
  const trained = openTrainedRun(runOrLatest(wanted, runs), checkpoint);
  const absolute = (path: string) => resolve(callerDirectory(), path);
  const asked = await picturePaths(images, () => readList(Deno.stdin.readable), absolute);
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
    for await (const prediction of predictPictures(trained, paths.map(absolute), used, top)) {
      const given = { ...prediction, path: paths[place++] ?? prediction.path };
      status.clear();
      if ("reason" in given) {
        unread++;
        refuse(given);
      } else if (json) output(predictionJson(given));
      else output(predictionLine(given, process.stdout.isTTY ? process.stdout.columns : null));
      status.show(`${place} of ${paths.length} pictures`);
    }
  } finally {
    status.clear();
  }
  return unread > 0 ? 1 : 0;
}
