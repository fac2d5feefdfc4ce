/** The options of commands that are not options of a run (src/config.ts), each defined once. */
import { z } from "zod";
import { DEFAULT_FPS } from "../dashboard/session/pace.ts";
import { LARGEST_SIZE, preprocessSchema, runsFolderSchema } from "../config.ts";
import { exportFormatSchema } from "../export/format.ts";
import { parseAge } from "../features/cache/age.ts";
import { optionFacts } from "../options.ts";

/** `--debug`, which every command has. */
export const debugSchema = z.boolean().default(false)
  .register(optionFacts, { help: "print the stack trace of an error" });

/**
 * Returns the schema of `--json`.
 * @param what such as "one JSON object per event". Each object is one line of the output.
 */
export function jsonSchema(what: string) {
  return z.boolean().default(false).register(optionFacts, { help: `print ${what} on standard output` });
}

/** How a run is shown. */
export const viewFlagsSchema = z.object({
  plain: z.boolean().default(false).register(optionFacts, { help: "print plain lines instead of the dashboard" }),
  json: jsonSchema("one JSON object per event"),
  fps: z.int().min(1).max(30).default(DEFAULT_FPS)
    .register(optionFacts, { value: "<N>", help: "maximum number of frames per second of the dashboard" }),
  bell: z.boolean().default(false)
    .register(optionFacts, { help: "ring the terminal's bell once when the run has ended" }),
}).refine(({ plain, json }) => !(plain && json), "--plain and --json cannot be combined. Remove one of them.");
export type ViewFlags = z.infer<typeof viewFlagsSchema>;

/** How `train` shows the run that it starts. */
export const trainViewFlagsSchema = viewFlagsSchema.safeExtend({
  stay: z.boolean().default(false)
    .register(optionFacts, { help: "keep the dashboard open after the end of the run until you close it" }),
  leave: z.boolean().default(false)
    .register(optionFacts, { help: "close the dashboard at the end of the run instead of a minute later" }),
}).refine(({ stay, leave }) => !(stay && leave), "--stay and --leave cannot be combined. Remove one of them.")
  // --leave is no error there: without a dashboard Headlight exits at the run's end anyway.
  .refine(({ stay, plain }) => !(stay && plain), "--stay cannot be combined with --plain. Remove one of them.")
  .refine(({ stay, json }) => !(stay && json), "--stay cannot be combined with --json. Remove one of them.");
export type TrainViewFlags = z.infer<typeof trainViewFlagsSchema>;

/** The view flags of `train` itself: `lesson`, which starts several runs, cannot be detached. */
export const trainCommandFlagsSchema = trainViewFlagsSchema.safeExtend({
  detach: z.boolean().default(false)
    .register(optionFacts, {
      help: "start the run without a viewer, print how to watch and stop it, and exit once it has begun",
    }),
})
  .refine(({ detach, plain }) => !(detach && plain), "--detach cannot be combined with --plain. Remove one of them.")
  .refine(({ detach, stay }) => !(detach && stay), "--detach cannot be combined with --stay. Remove one of them.")
  .refine(({ detach, bell }) => !(detach && bell), "--detach cannot be combined with --bell. Remove one of them.")
  .refine(({ detach, leave }) => !(detach && leave), "--detach cannot be combined with --leave. Remove one of them.");
export type TrainCommandFlags = z.infer<typeof trainCommandFlagsSchema>;

/** `--read-only` of `watch`. */
export const readOnlySchema = z.boolean().default(false)
  .register(optionFacts, { help: "watch only: no key sends a command to the trainer" });

/** `--download-only` of `engine`. */
export const downloadOnlySchema = z.boolean().default(false)
  .register(optionFacts, { help: "only download what the engine needs: the machine needs no GPU for that" });

/** The options of `extract` that are not options of a run. */
export const extractFlagsSchema = z.object({
  shard: z.string().min(1).optional().register(optionFacts, {
    value: "<I/N>",
    help: "compute one share of the images, such as 3/32",
    otherwise: "that of this task of a Slurm array, else all",
  }),
  shards: z.int().min(1).optional().register(optionFacts, {
    value: "<N>",
    help: "the number of shares, where SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX (from 0) says which one this is",
  }),
  download_only: z.boolean().default(false).register(optionFacts, {
    help: "only set up the engine and download the weights and the data, on a host with a network",
  }),
  json: jsonSchema("one JSON object at the end"),
});

/** Texts that end up in a line of a job script. */
const slurmTextSchema = z.string().regex(/^[\w.,:+-]+$/, "must consist of letters, digits and . , : + - _");

/** The options of `slurm`, which are named like those of sbatch. */
export const slurmFlagsSchema = z.object({
  array: z.string().regex(
    /^[1-9]\d{0,4}(%[1-9]\d*)?$/,
    "must be the number of tasks, such as 32, or 32%4 for four at a time",
  )
    .optional().register(optionFacts, {
      value: "<N>",
      help: "the number of tasks that compute features before the training; 32%4: four of them at a time",
      otherwise: "the training job computes them",
    }),
  time: z.string().regex(
    /^(\d+-\d+(:\d\d){0,2}|\d+(:\d\d){0,2}|UNLIMITED|INFINITE)$/i,
    "must be a time as Slurm writes it, such as 2:00:00 for two hours, 90 for as many minutes, 1-12 for a day and a half, or UNLIMITED",
  ).optional().register(optionFacts, {
    value: "<TIME>",
    help: "the time limit of each job, such as 2:00:00; a job that reaches it goes back into the queue and goes on",
  }),
  partition: slurmTextSchema.optional().register(optionFacts, {
    value: "<NAME>",
    help: "the partition of the cluster",
  }),
  account: slurmTextSchema.optional().register(optionFacts, { value: "<NAME>", help: "the account that is charged" }),
  cpus: z.int().min(1).optional().register(optionFacts, {
    value: "<N>",
    help: "the number of processors of each task",
  }),
  mem: slurmTextSchema.optional().register(optionFacts, {
    value: "<SIZE>",
    help: "the memory of each task, such as 8G",
  }),
  gpus: z.int().min(1).optional().register(optionFacts, { value: "<N>", help: "the number of GPUs of each task" }),
  out: z.string().min(1).optional().register(optionFacts, {
    value: "<FILE>",
    help: "the file for the script",
    otherwise: "the run's name, in the working directory",
  }),
  submit: z.boolean().default(false).register(optionFacts, { help: "submit the jobs with sbatch" }),
});

/** `--config` of `train`. */
export const configFileSchema = z.string().min(1).optional()
  .register(optionFacts, { value: "<FILE>", help: "a JSON file with options; flags take precedence over it" });

/** `--checkpoint`, which selects the weights of a run. Without a default, so that it can be refused with `--model`. */
export const checkpointSchema = z.string().min(1).optional().register(optionFacts, {
  value: "<NAME>",
  help: "the checkpoint to use of a run: best, last, final, or a name in checkpoints/",
  otherwise: "best",
});

/** `--data` of `evaluate`. */
export const otherDataSchema = z.string().min(1).optional().register(optionFacts, {
  value: "<DIR>",
  help: "a folder of images or .npy files to evaluate on",
  otherwise: "the run's validation set",
});

/**
 * Returns the schema of `--out`, the file for a plot.
 * @param otherwise the text for the default
 */
export function outSchema(otherwise: string) {
  return z.string().min(1).optional()
    .register(optionFacts, { value: "<FILE>", help: "the .png or .svg file to write", otherwise });
}

/** `--out` of `report`. */
export const reportOutSchema = z.string().min(1).optional().register(optionFacts, {
  value: "<FILE>",
  help: "the .html file to write",
  otherwise: "report.html in the run's folder, or comparison.html in that of the first of several",
});

/** The options of `export`. */
export const exportFlagsSchema = z.object({
  to: exportFormatSchema.register(optionFacts, { value: "<FORMAT>", help: "the program that is to read the model" }),
  checkpoint: checkpointSchema,
  out: z.string().min(1).optional().register(optionFacts, {
    value: "<DIR>",
    help: "the folder to write, which must not exist or must be empty",
    otherwise: "export/ in the run's folder",
  }),
  single_file: z.boolean().default(false).register(optionFacts, {
    help: "with --to tfjs: one web page that holds everything and opens from the disk",
  }),
  runs: runsFolderSchema,
});

/** `--term` of `plot`. */
export const termSchema = z.boolean().default(false).register(optionFacts, { help: "draw the plot in the terminal" });

/** The options of `predict` and `evaluate` for a model from a file instead of a run. */
export const modelFlags = {
  model: z.string().min(1).optional()
    .register(optionFacts, { value: "<FILE>", help: "a whole Keras model (.keras, .h5) instead of a run" }),
  classes: z.string().min(1).optional().register(optionFacts, {
    value: "<FILE>",
    help: "the names of the model's classes, one on each line",
    otherwise: "classes.txt beside the model, or else their numbers",
  }),
  preprocess: preprocessSchema.optional().register(optionFacts, {
    value: "<HOW>",
    help: "divide pixels by 255, or preprocess them as the model was trained",
    otherwise: "imagenet if that is known, else scale",
  }),
  size: z.int().min(1).max(LARGEST_SIZE).optional().register(optionFacts, {
    value: "<PIXELS>",
    help: "height and width that images are resized to for the model",
    otherwise: "the one it was made for",
  }),
};

/** `--yes` of `runs rm`, `cache clear` and `predict --copy-to`. */
export const yesSchema = z.boolean().default(false).register(optionFacts, { help: "do not ask for confirmation" });

/** The options of `cache clear`. */
export const clearFlagsSchema = z.object({
  older: z.string().refine(
    (text) => parseAge(text) !== null,
    "must be a whole number of hours, days or weeks, such as 12h, 30d or 2w",
  ).optional().register(optionFacts, {
    value: "<AGE>",
    help: "delete also what was not used for this long, such as 12h, 30d or 2w",
  }),
  all: z.boolean().default(false).register(optionFacts, { help: "delete everything that no running process uses" }),
  yes: yesSchema,
}).refine(({ older, all }) => older === undefined || !all, "--older and --all cannot be combined. Remove one of them.");

const BOTH = "cannot be combined";

/** The options of `predict`. */
export const predictFlagsSchema = z.object({
  top: z.int().min(1).optional().register(optionFacts, {
    value: "<N>",
    help: "number of classes to print for each image",
    otherwise: "3, or with --csv all of them",
  }),
  checkpoint: checkpointSchema,
  runs: runsFolderSchema,
  json: jsonSchema("one JSON object per image"),
  csv: z.boolean().default(false)
    .register(optionFacts, { help: "print CSV for a spreadsheet, with a column for each class" }),
  watch: z.string().min(1).optional().register(optionFacts, {
    value: "<FOLDER>",
    help: "predict the images in a folder, and those that come into it until you press ctrl-c",
  }),
  copy_to: z.string().min(1).optional().register(optionFacts, {
    value: "<DIR>",
    help: "copy each image into a folder of its class in this folder, after asking for confirmation",
  }),
  yes: yesSchema,
  ...modelFlags,
})
  .refine(({ csv, json }) => !(csv && json), `--csv ${BOTH} with --json. Remove one of them.`)
  .refine(({ copy_to, json }) => !(copy_to && json), `--copy-to ${BOTH} with --json. Remove one of them.`)
  .refine(({ copy_to, csv }) => !(copy_to && csv), `--copy-to ${BOTH} with --csv. Remove one of them.`)
  .refine(({ copy_to, watch }) => !(copy_to && watch), `--copy-to ${BOTH} with --watch. Remove one of them.`)
  .refine(
    ({ copy_to, top }) => !(copy_to && top),
    `--copy-to ${BOTH} with --top, because an image is copied into one folder. Remove one of them.`,
  )
  .refine(
    ({ copy_to, yes }) => copy_to || !yes,
    "--yes needs --copy-to DIR. Remove it, or name the folder to copy to.",
  );
export type PredictFlags = Readonly<z.infer<typeof predictFlagsSchema>>;
