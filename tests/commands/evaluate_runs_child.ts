/** A process that evaluates runs as `compare` and `report` do, and reports all their progress. */
import { RunEvaluator } from "../../src/commands/evaluate_runs.ts";
import { StatusLine } from "../../src/commands/status_line.ts";
import { runDirectory } from "../../src/run/folder/directory.ts";

const evaluator = new RunEvaluator(new StatusLine(0));
for (const path of Deno.args) {
  console.log(
    JSON.stringify(await evaluator.evaluate(runDirectory(path), ({ evaluation }) => evaluation.metrics.count)),
  );
}
Deno.exit();
