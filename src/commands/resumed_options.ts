/** The options with which a run goes on: its own, and those that are given now. */
import { engineKindSchema, type RunOptions } from "../config.ts";
import { engines } from "../engine/engines/list.ts";
import { ENGINE_OPTIONS, hasOption } from "../engine/engines/gpu_options.ts";
import type { RunConfig } from "../run/folder/run_config.ts";
import { checkOptions, type GivenOptions } from "./train_options.ts";

/**
 * Returns the options of a run with those that are given now. The run's options for an engine stay behind if another
 * one is named that does not have them, because nobody could remove them.
 *
 * `--tf32` is left out, with a line that says so, if the run's own engine was chosen by `auto` and does not compute in
 * TF32: a batch script gives it each time.
 *
 * @throws HeadlightError (2) that names the flag, or the file's key
 */
export function resumedOptions(
  { options: was, resolved }: Pick<RunConfig, "options" | "resolved">,
  given: GivenOptions,
  say: (line: string) => void,
): RunOptions {
  const named = { ...given.file, ...given.flags };
  const lacking = lackingOptions(named["engine"]);
  // What the config file names stays there, so that an error names the file.
  const kept = Object.entries(was).filter(([name]) => !(name in given.file) && !lacking.includes(name));
  const options = checkOptions({ ...given, flags: { ...Object.fromEntries(kept), ...given.flags } });
  if (!options.tf32 || was.tf32 || options.engine !== "auto" || resolved === null) return options;
  const { kind } = resolved.engine;
  if (hasOption(kind, "tf32")) return options;
  say(`--tf32 does not apply, because the run goes on with ${engines[kind].name}, as it began.`);
  return { ...options, tf32: false };
}

/** Returns the options that a named engine does not have. Whether it is the name of an engine is checked later. */
function lackingOptions(engine: unknown): readonly string[] {
  const { data: kind } = engineKindSchema.safeParse(engine);
  return kind === undefined ? [] : ENGINE_OPTIONS.filter((option) => !hasOption(kind, option));
}
