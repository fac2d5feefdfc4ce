/** The options of a run that starts with the weights of another one (`--from`). */
import type { EngineRequest, RunOptions } from "../config.ts";
import { takenOptions } from "../run/from_options.ts";
import { readStartSource, type StartSource } from "../run/from/source.ts";
import { trainFlags } from "../run/repeat.ts";
import { withFromFolder } from "./from.ts";
import { refuseMoved } from "./moved_files.ts";
import { checkOptions, type GivenOptions } from "./train_options.ts";

/** What one run starts with. */
export interface StartOptions {
  readonly options: RunOptions;
  /** A line that names what was taken over from the other run, or null if that is nothing. */
  readonly taken: string | null;
}

/**
 * Returns the options of a run with `--from`. What is not given and must agree is taken over from the other run, and
 * its data too.
 * @throws HeadlightError (2) as `checkOptions`; if there is no such run, if it is broken, or if its files were moved
 */
export function startOptions(given: GivenOptions): StartOptions {
  const { flags, file } = given;
  const named = { ...file, ...flags };
  // The rest may be wrong only because the options of the other run are not known yet.
  const alone = Object.fromEntries(FROM.filter((name) => name in named).map((name) => [name, named[name]]));
  const { from, from_checkpoint: checkpoint } = withFromFolder(checkOptions({ flags: alone, file: {}, path: null }));
  if (from === undefined) throw new RangeError("--from is given");
  const source = readStartSource(from, checkpoint);
  const taken = takenOptions(source, named);
  refuseMoved(`--from ${source.startedFrom.run}`, taken);
  const options = { ...checkOptions({ ...given, flags: { ...taken, ...flags } }), from };
  const names = trainFlags(taken, ALWAYS_SAID);
  return { options, taken: takenText(source, names, options.engine) };
}

const FROM = ["from", "from_checkpoint", "runs"] as const;

/** What was taken over and is named even at its default, because the weights belong to it. */
const ALWAYS_SAID = ["data", "base", "weights", "preprocess", "size"];

/**
 * Names what was taken over. The engine is not, because the weights of a head belong to none: the line says so if it
 * may be another one.
 */
function takenText(
  { startedFrom, resolved }: StartSource,
  names: readonly string[],
  engine: EngineRequest,
): string | null {
  if (names.length === 0) return null;
  const { kind } = resolved.engine;
  const other = engine === kind ? "" : `; its engine, ${kind}, is not taken over: this run uses --engine ${engine}`;
  return `From run ${startedFrom.run}: ${names.join(" ")}${other}`;
}
