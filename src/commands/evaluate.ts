/** `evaluate`: how good a run is, on its own validation part or on other pictures. */
import process from "node:process";
import { evaluate as evaluateRun } from "../results/evaluate.ts";
import { evaluationJson } from "../results/evaluation_json.ts";
import { evaluationLines } from "../results/evaluation_text.ts";
import { openLabelled } from "../results/labelled_pictures.ts";
import { openTrainedRun } from "../results/trained_run.ts";
import { useEngine } from "../results/use_engine.ts";
import { runOrLatest } from "./find.ts";
import { StatusLine } from "./status_line.ts";

export interface EvaluateFlags {
  readonly runs: string;
  readonly data?: string;
  readonly checkpoint: string;
  readonly json: boolean;
}

/** Prints the report; returns the exit status. @throws HeadlightError (2): no such run, checkpoint or data. */
export async function evaluate(
  wanted: string | undefined,
  { runs, data, checkpoint, json }: EvaluateFlags,
  output: (line: string) => void,
): Promise<number> {
  const trained = openTrainedRun(runOrLatest(wanted, runs), checkpoint);
  const pictures = await openLabelled(trained, data);
  const status = new StatusLine();
  try {
    const { engine, files } = await useEngine(trained.resolved.engine.kind, ({ label }) => status.show(label));
    const evaluation = await evaluateRun(trained, pictures, {
      engine,
      engineFiles: files,
      onProgress: (done, total) => status.show(`${done} of ${total} pictures`),
    });
    status.clear();
    const head = { run: trained.run.id, checkpoint, epoch: trained.manifest.epoch, pictures: pictures.name };
    if (json) output(JSON.stringify(evaluationJson(head, evaluation)));
    else for (const line of evaluationLines(head, evaluation, process.stdout.columns || 80)) output(line);
    return 0;
  } finally {
    status.clear();
    pictures.dataset.close();
  }
}
