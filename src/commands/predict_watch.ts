/** `predict --watch`: predicts images as they come into a folder. */

import { join, relative } from "node:path";
import { counted } from "../counted.ts";
import { HeadlightError } from "../errors.ts";
import { systemReason } from "../files/system_error.ts";
import { fromCaller } from "../paths.ts";
import { WatchedFolder } from "../results/watched_folder.ts";
import { stripControl } from "../text.ts";
import type { PredictFlags } from "./command_flags.ts";
import { predictionLines } from "./predict_lines.ts";
import type { Question } from "./predict_question.ts";
import { StatusLine } from "./status_line.ts";
import { untilStopped } from "./stoppable.ts";
import { useEngine } from "./use_engine.ts";

/**
 * Prints a line for each image that is in the folder or comes into it. Returns 0 after ctrl-c.
 *
 * @param given the folder
 * @throws HeadlightError (2) if there is no such folder; (1) if it is removed
 */
export async function predictArrivals(
  question: Question,
  given: string,
  flags: PredictFlags,
  output: (line: string) => void,
): Promise<number> {
  const path = fromCaller(given);
  refuseNoFolder(path, given);
  const folder = new WatchedFolder(path, given);
  const lines = predictionLines(flags, question.classes, null, output);
  // Without a terminal, print nothing while waiting.
  const status = new StatusLine(Infinity);
  try {
    const used = await useEngine(question.engine, status);
    lines.begin();
    await untilStopped(async (signal) => {
      // A reader that closes the pipe ends the watching too.
      const control = new AbortController();
      const ended = AbortSignal.any([signal, control.signal]);
      let predicted = 0;
      const showState = () =>
        status.show(`${stripControl(given)}: ${counted(predicted, "image", "images")} predicted, waiting; ctrl-c ends`);
      try {
        showState();
        for await (const prediction of question.predictions(folder.arrivals(ended), used, lines.top)) {
          if (signal.aborted) break;
          if ("reason" in prediction && !folder.isBroken(prediction.path)) continue;
          status.clear();
          lines.take({ ...prediction, path: join(given, relative(path, prediction.path)) });
          if (!("reason" in prediction)) predicted++;
          showState();
        }
      } finally {
        control.abort();
      }
    });
    return 0;
  } finally {
    status.clear();
  }
}

function refuseNoFolder(path: string, given: string): void {
  try {
    if (Deno.statSync(path).isDirectory) return;
  } catch (error) {
    const problem = error instanceof Deno.errors.NotFound ? "there is no such folder" : systemReason(error);
    throw new HeadlightError(`--watch ${given}: ${problem}. Make it, or name another one.`, 2, { cause: error });
  }
  throw new HeadlightError(`--watch ${given} is a file. Name a folder into which images come.`);
}
