/** `export`: writes a trained model for other programs. */
import { join } from "node:path";
import { counted } from "../counted.ts";
import { bytes } from "../dashboard/text/formats.ts";
import { shownBase } from "../config.ts";
import { trainerOf } from "../engine/engine.ts";
import type { ExportFormat } from "../export/format.ts";
import { formatOf } from "../export/write/formats.ts";
import { openModel } from "../export/open_model.ts";
import type { Origin } from "../export/write/readme.ts";
import { checkTarget, writeExport } from "../export/write/write_export.ts";
import { refuseFileInPlaceOf } from "../files/writable.ts";
import { fromCaller } from "../paths.ts";
import { checkpointLack, openTrainedRun, roundingLines, type TrainedRun } from "../results/trained_run.ts";
import { provisionUsedEngine } from "../results/use_engine.ts";
import { stripControl } from "../text.ts";
import { runOrNewestUsable } from "./find.ts";
import { complain } from "./output.ts";
import { setUp } from "./set_up.ts";
import { StatusLine } from "./status_line.ts";
import { useEngine } from "./use_engine.ts";

/** The flags of `export`. */
export interface ExportFlags {
  readonly to: ExportFormat;
  /** The checkpoint to export. Default: `best`. */
  readonly checkpoint?: string | undefined;
  readonly runs: string;
  /** The folder to write. Default: a folder in the run's folder, where the export replaces an earlier one. */
  readonly out?: string | undefined;
  /** Whether the export is one page that contains everything. */
  readonly single_file: boolean;
}

/**
 * Writes the export, and prints what is in it and how to load it. Returns the exit status.
 *
 * @throws HeadlightError (2) if there is no such run or checkpoint, or if the format cannot express the model; (1) if
 * the folder cannot be written, `TRY_AGAIN` on a full disk
 */
export async function exportModel(
  wanted: string | undefined,
  { to, checkpoint = "best", runs, out, single_file: singleFile }: ExportFlags,
  output: (line: string) => void,
): Promise<number> {
  const format = formatOf(to, singleFile);
  const run = runOrNewestUsable(wanted, runs, (one) => checkpointLack(one, checkpoint), complain);
  const trained = openTrainedRun(run, checkpoint);
  const target = out === undefined
    ? { folder: join(run.path, "export", `${to}${singleFile ? "-page" : ""}-${trained.checkpoint}`), replaces: true }
    : { folder: fromCaller(out), replaces: false };
  if (out !== undefined) refuseFileInPlaceOf(target.folder, `--out ${out}`);
  checkTarget(target);
  const status = new StatusLine();
  try {
    const { kind } = trainerOf(trained.resolved.engine);
    const engine = () => setUp(status, ({ onProgress, signal }) => provisionUsedEngine(kind, onProgress, signal));
    const model = await openModel(trained, engine);
    status.show(`writing for ${format.displayName}`);
    const files = await writeExport(model, format, originOf(trained), target, {
      tf: async () => (await useEngine("tensorflow", status)).engine.tf,
    });
    status.clear();
    output(`${format.displayName}: ${stripControl(target.folder)}`);
    for (const { name, bytes: size } of files) output(`  ${name}, ${bytes(size)}`);
    output(`  classes.txt, ${counted(model.classes.length, "class", "classes")}`);
    output("  README.md, which says:");
    output("");
    for (const line of format.howToLoad(model).trim().split("\n")) output(line);
    return 0;
  } finally {
    status.clear();
  }
}

function originOf(trained: TrainedRun): Origin {
  const { run, checkpoint, manifest, options } = trained;
  return {
    run: run.id,
    checkpoint,
    epoch: manifest.epoch,
    step: manifest.step,
    network: stripControl(shownBase(options.base)),
    remarks: roundingLines(trained),
  };
}
