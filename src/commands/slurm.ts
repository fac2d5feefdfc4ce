/** `slurm`: writes the script of Slurm jobs that compute features and train, and submits it. */
import { basename, join } from "node:path";
import { Command } from "commander";
import { type JobFile, writeJobFiles } from "../cluster/job_files.ts";
import { configFile, type JobResources, jobScript, logsFolder } from "../cluster/job_script.ts";
import { namedOptions } from "../cluster/named_options.ts";
import { submit } from "../cluster/submit.ts";
import { hasFrozenBase, type RunOptions, shownBase } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { removeIfThere } from "../files/atomic.ts";
import { checkFilePlace } from "../files/writable.ts";
import { flagOf } from "../options.ts";
import { callerDirectory, fromCaller, PROJECT_ROOT } from "../paths.ts";
import { programArgs } from "../program.ts";
import { runsFlag } from "../run/folder/runs_flag.ts";
import { checkRunName } from "../run/folder/run_name.ts";
import { accessTo, secretsIn } from "../run/folder/secret_options.ts";
import { checkInputs } from "../run/preflight.ts";
import { trainFlags } from "../run/repeat.ts";
import { shellWord } from "../shell.ts";
import { stripControl } from "../text.ts";
import { checkResume } from "./check_resume.ts";
import { trainCommandFlagsSchema } from "./command_flags.ts";
import { addFlags } from "./flags.ts";
import { complain } from "./output.ts";
import { newestUnfinished } from "./resume.ts";
import { RESUME_FLAGS } from "./resume_flags.ts";
import { runsToStart } from "./series_options.ts";
import { type GivenOptions, givenOptions, TRAIN_FLAGS } from "./train_options.ts";

export interface SlurmFlags extends JobResources {
  /** The number of tasks, and after a % how many run at the same time. */
  readonly array?: string | undefined;
  readonly out?: string | undefined;
  readonly submit: boolean;
}

/**
 * Writes the script, prints it, and with `--submit` submits it. Options that may be secrets are written into a config
 * file beside it, because every user of a node can read the arguments of its processes. Returns the exit status, 0.
 *
 * @param words the words after `--`: train and its flags
 * @throws HeadlightError (2) for flags that cannot be used, or if the script's file exists or its path has a backslash;
 * (1) if Slurm takes no job
 */
export async function slurm(
  words: readonly string[],
  { array, out, submit: submits, ...resources }: SlurmFlags,
  output: (line: string) => void,
): Promise<number> {
  const { options, given } = await optionsOf(words);
  const [tasks, atOnce] = array?.split("%").map(Number) ?? [];
  if (array !== undefined && !hasFrozenBase(options)) {
    throw new HeadlightError(
      `--array ${array}: ${options.base} is trained from scratch, so there are no features to compute. Remove --array.`,
    );
  }
  const name = options.name ?? nameFor(options, new Date());
  checkRunName(name, options.runs);
  if (options.name !== undefined) await checkExistingRun(given, options.runs, name);
  const path = out === undefined ? join(callerDirectory(), `${name.replaceAll(/[^\w.-]+/g, "-")}.sh`) : fromCaller(out);
  checkFilePlace(path, out === undefined ? path : `--out ${out}`);
  if (path.includes("\\")) {
    // With one, it replaces nothing in the names of logs, and leaves it out.
    throw new HeadlightError(
      `${path}: Slurm cannot write logs to a path with a backslash. Name another file with --out.`,
    );
  }
  const { flags, engine } = scriptFlags(options, resources);
  const secrets = secretFile(options, path);
  const script = jobScript({
    ...resources,
    ...{ tasks: tasks ?? null, atOnce, name, path, flags, config: secrets?.path ?? null },
    program: [Deno.execPath(), ...programArgs(join(PROJECT_ROOT, "main.ts"))],
    watch: `deno task watch ${shellWord(name)}${runsFlag(options.runs)}`,
  });
  await checkInputs(options);
  const files: JobFile[] = [{ path, kind: "script", content: script, access: "usual" }];
  const added = writeJobFiles(secrets === null ? files : [secrets, ...files]);
  Deno.mkdirSync(logsFolder(path), { recursive: true });
  for (const line of script.trimEnd().split("\n")) output(line);
  if (secrets !== null) {
    const flags = Object.keys(secretsIn(options)).map(flagOf).join(" and ");
    complain(`The training reads ${flags} from ${stripControl(secrets.path)}, which only you can read.`);
  }
  if (engine !== null) complain(engine);
  if (submits) {
    const submitted = await submit(path).catch((error: unknown) => {
      // Slurm has refused it, and the corrected command writes other files.
      if (error instanceof HeadlightError && error.exitStatus === 1) added.forEach((path) => removeIfThere(path));
      throw error;
    });
    for (const line of submitted) complain(line);
  } else complain(`This script is in ${stripControl(path)}. To submit it: bash ${shellWord(path)}`);
  return 0;
}

/** The flags of `train` that decide how a run is shown or resumed, which the script decides itself. */
const DECIDED = [...Object.keys(trainCommandFlagsSchema.shape), ...Object.keys(RESUME_FLAGS)];

async function optionsOf(
  [first, ...words]: readonly string[],
): Promise<{ readonly options: RunOptions; readonly given: GivenOptions }> {
  if (first !== "train") {
    throw new HeadlightError(
      `${
        first === undefined ? "Nothing to run" : `${first} is neither an option of slurm nor the command train`
      }. Write train and its options after --, such as: deno task slurm --array 32 -- train --data my_images --name birds`,
    );
  }
  const parser = addFlags(new Command("train"), TRAIN_FLAGS).exitOverride().configureOutput({ writeErr: () => {} })
    .helpOption(false).allowExcessArguments(false).parse(words, { from: "user" });
  const decided = DECIDED.find((name) => parser.getOptionValueSource(camelCase(name)) === "cli");
  if (decided !== undefined) {
    throw new HeadlightError(`${flagOf(decided)} cannot be combined with slurm, which decides this itself. Remove it.`);
  }
  const { list, taken } = await runsToStart(parser.opts());
  const [options, ...others] = list;
  if (others.length > 0) {
    throw new HeadlightError("Several bases are several runs. Write one script for each: name one base.");
  }
  if (taken !== null) complain(taken);
  return { options, given: givenOptions(parser.opts()) };
}

/**
 * Checks that the training can go on with a run of this name, if there is one: otherwise that would be known only after
 * all features are computed.
 * @throws HeadlightError (2) if it has finished, is being trained, or an option may not change
 */
async function checkExistingRun(given: GivenOptions, runs: string, name: string): Promise<void> {
  const { run } = await newestUnfinished(runs, name);
  if (run === null) return;
  const check = await checkResume({ run, given, allowed: [] }, complain);
  if (check.kind === "finished") {
    throw new HeadlightError(
      `--name ${name}: ${check.text.replaceAll("\n", " ")} To train another run, choose another name.`,
    );
  }
  complain(`There is a run called ${name} already. The training goes on with it.`);
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Returns a name that tells what a run trains, and that no other run has. */
function nameFor({ data = "dollarstreet", base }: RunOptions, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  return [basename(data), shownBase(base), stamp].map((part) => part.replaceAll(/[^\w.-]+/g, "-")).join("-");
}

/**
 * Returns the run's flags for every host: features of one engine are of no use to another. What was not named is named
 * here.
 */
function scriptFlags(
  options: RunOptions,
  { gpus }: JobResources,
): { readonly flags: string[]; readonly engine: string | null } {
  const { name: _, ...named } = namedOptions(options);
  const isOpen = named.engine === "auto";
  const engine = !isOpen ? named.engine : gpus !== undefined && hasFrozenBase(options) ? "cuda" : "tensorflow";
  // A job's working directory may be any.
  const always = ["data", "weights", "engine", "runs"];
  const text = `The script names --engine ${engine}, because all tasks must use the same engine. To use another one, ` +
    "name it after --.";
  return { flags: trainFlags({ ...named, engine }, always), engine: isOpen ? text : null };
}

/** Returns the config file for the options that may be secrets, or null if none of them has a value. */
function secretFile(options: RunOptions, script: string): JobFile | null {
  const access = accessTo(options);
  if (access === "usual") return null;
  const path = configFile(script);
  checkFilePlace(path);
  return { path, kind: "config file", content: `${JSON.stringify(secretsIn(options), null, 2)}\n`, access };
}
