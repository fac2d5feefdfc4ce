/** A process that evaluates a model on a folder, and reports progress as often as the first argument says, in ms. */
import { evaluate } from "../../src/commands/evaluate.ts";
import { StatusLine } from "../../src/commands/status_line.ts";

const [everyMs, model = "", data = ""] = Deno.args;
const status = new StatusLine(everyMs === undefined ? undefined : Number(everyMs));
const flags = { model, data, runs: "runs", json: true, checkpoint: undefined, classes: undefined, size: undefined };
Deno.exitCode = await evaluate(undefined, { ...flags, preprocess: undefined }, (line) => console.log(line), status);
Deno.exit();
