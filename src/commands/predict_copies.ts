/** `predict --copy-to`: copies images into folders of their classes, after asking once. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { count, counted } from "../counted.ts";
import { cut, stringWidth } from "../dashboard/text/width.ts";
import { diskProblemText } from "../disk.ts";
import { HeadlightError, TRY_AGAIN } from "../errors.ts";
import { sweepAsides } from "../files/atomic.ts";
import { diskProblem, tryRoom } from "../files/room.ts";
import { isSystemError, systemReason } from "../files/system_error.ts";
import { refuseFileInPlaceOf } from "../files/writable.ts";
import { fromCaller } from "../paths.ts";
import { classFolders } from "../results/copies/class_folders.ts";
import { copyFile, realDisk } from "../results/copies/copy_file.ts";
import { type ClassCount, countCopies, planCopies, type PlannedCopy } from "../results/copies/plan_copies.ts";
import type { AskedImages } from "../results/image_paths.ts";
import { shownName, stripControl } from "../text.ts";
import { Turns } from "../turns.ts";
import { complain } from "./output.ts";
import { PaceText } from "./pace_text.ts";
import { complainOf } from "./predict_lines.ts";
import { absolute, type Question } from "./predict_question.ts";
import type { Dialog } from "./remove_runs.ts";
import { StatusLine } from "./status_line.ts";
import { stoppable } from "./stoppable.ts";
import { useEngine } from "./use_engine.ts";

interface CopyOptions {
  /** The folder as it was given. */
  readonly to: string;
  /** Whether to copy without asking. */
  readonly yes: boolean;
}

/** Refuses what can be refused before anything is computed. @throws HeadlightError (2) */
export function refuseUnasked(to: string, yes: boolean, { ask }: Dialog): void {
  if (!yes && ask === null) {
    throw new HeadlightError("--copy-to needs a terminal to ask for confirmation. Add --yes to copy without asking.");
  }
  refuseFileInPlaceOf(fromCaller(to), `--copy-to ${to}`);
}

/**
 * Predicts the images, says how many go where, asks, and copies them. Returns 1 if an image could not be read or
 * copied, else 0.
 *
 * @throws HeadlightError (2) if a class's folder would be outside; `TRY_AGAIN` if the disk has no room
 */
export async function copyPredicted(
  question: Question,
  { paths, refused }: Pick<AskedImages, "paths" | "refused">,
  { to, yes }: CopyOptions,
  { output, ask, width }: Dialog,
): Promise<number> {
  const folder = fromCaller(to);
  const folders = classFolders(question.classes);
  for (const name of folders.values()) refuseOutside(join(folder, name));
  refused.forEach(complainOf);
  if (paths.length === 0) return 1;
  const { sorted, unread } = await predicted(question, paths);
  const plan = planCopies(sorted, folders, folder, realDisk);
  const failed = refused.length + unread > 0 ? 1 : 0;
  const counts = countCopies(plan, folders);
  for (const line of countLines(counts)) output(cut(line, width));
  const copies = plan.filter(({ skippedBecause }) => skippedBecause === null);
  if (copies.length === 0) {
    output(plan.length === 0 ? "nothing to copy" : `all of them are in ${stripControl(to)} already`);
    return failed;
  }
  const images = counted(copies.length, "image", "images");
  if (!yes && !/^y(es)?$/i.test((ask?.(`Copy ${images} into ${stripControl(to)}? y/N`) ?? "").trim())) {
    output("nothing was copied");
    return failed;
  }
  for (const one of new Set(copies.map((copy) => copy.folder))) prepareFolder(one, to);
  return Math.max(failed, await copyAll(copies, to, output));
}

/** Refuses a class's folder that is a link, since its images would be copied elsewhere. @throws HeadlightError (2) */
function refuseOutside(folder: string): void {
  const there = lstatSync(folder, { throwIfNoEntry: false });
  if (there === undefined || there.isDirectory()) return;
  const what = there.isSymbolicLink() ? "a link" : "a file";
  throw new HeadlightError(
    `--copy-to: ${folder} is ${what}, but must be the folder of a class. Rename it, or name another folder.`,
  );
}

/**
 * Makes a class's folder, and removes what a killed command left in it.
 *
 * @throws HeadlightError (1) if nothing can be written to it; `TRY_AGAIN` if the disk has no room
 */
function prepareFolder(folder: string, to: string): void {
  try {
    Deno.mkdirSync(folder, { recursive: true });
    sweepAsides(folder);
    tryRoom(folder, 1);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new HeadlightError(
      `--copy-to ${to}: ${folder} cannot be written to (${
        systemReason(error)
      }), so nothing was copied. Make it writable, or ` +
        "name another folder.",
      diskProblem(error) === null ? 1 : TRY_AGAIN,
      { cause: error },
    );
  }
}

async function predicted(question: Question, paths: readonly string[]) {
  const status = new StatusLine();
  const pace = new PaceText();
  const sorted: { path: string; class: string }[] = [];
  let [answered, unread] = [0, 0];
  try {
    const used = await useEngine(question.engine, status);
    for await (const prediction of question.predictions([paths.map(absolute)], used, 1)) {
      const shown = paths[answered++] ?? prediction.path;
      if ("reason" in prediction) {
        unread++;
        status.clear();
        complainOf({ ...prediction, path: shown });
      } else for (const { name } of prediction.guesses) sorted.push({ path: prediction.path, class: name });
      status.show(pace.text(answered, paths.length));
    }
    return { sorted, unread };
  } finally {
    status.clear();
  }
}

/** Returns a line for each class: how many images go into its folder, and how many do not. */
function countLines(counts: readonly ClassCount[]): string[] {
  const rows = counts.map((row) => ({ ...row, shown: count(row.images) }));
  const widest = Math.max(0, ...rows.map(({ shown }) => stringWidth(shown)));
  return rows.map(({ shown, class: name, folder, renamed, there, duplicates }) => {
    const into = folder === name ? "" : ` into ${folder}/`;
    const left = [
      ...(there === 0 ? [] : [`${count(there)} already there`]),
      ...(duplicates === 0 ? [] : [counted(duplicates, "duplicate", "duplicates")]),
    ];
    const notes = [
      ...(renamed === 0 ? [] : [`${count(renamed)} renamed`]),
      ...(left.length === 0 ? [] : [`left out: ${left.join(", ")}`]),
    ];
    return `${shown.padStart(widest)}  ${shownName(name)}${into}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`;
  });
}

async function copyAll(copies: readonly PlannedCopy[], to: string, output: (line: string) => void): Promise<number> {
  const status = new StatusLine();
  const pace = new PaceText();
  const turns = new Turns();
  let [copied, failed] = [0, 0];
  const whole = () =>
    `${count(copied)} of ${counted(copies.length, "image was", "images were")} copied, each as a whole`;
  const again = "Repeat the command to copy the others: what is there is not copied twice.";
  return await stoppable(async (signal) => {
    try {
      for (const copy of copies) {
        if (signal.aborted) {
          status.clear();
          complain(`Stopped: ${whole()}. ${again}`);
          throw signal.reason;
        }
        try {
          if (copyFile(copy)) copied++;
        } catch (error) {
          const problem = diskProblem(error);
          if (problem !== null) {
            const remedy = problem === "read-only" ? "" : "Free some space. ";
            throw new HeadlightError(
              `--copy-to ${to}: ${diskProblemText(problem)}. ${remedy}${whole()}. ${again}`,
              TRY_AGAIN,
              { cause: error },
            );
          }
          if (!isSystemError(error)) throw error;
          failed++;
          status.clear();
          complainOf({ path: copy.source, reason: `it cannot be copied into ${copy.folder} (${systemReason(error)})` });
        }
        status.show(pace.text(copied, copies.length));
        await turns.next();
      }
    } finally {
      status.clear();
    }
    output(`copied ${counted(copied, "image", "images")} into ${stripControl(to)}`);
    return failed > 0 ? 1 : 0;
  });
}
