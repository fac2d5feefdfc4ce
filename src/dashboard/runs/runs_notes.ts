/** The notes under the table of runs: problems of single runs, and the total number and size. */
import { count, counted } from "../../counted.ts";
import { noRunsText } from "../../run/folder/find_run.ts";
import { runsFlag } from "../../run/folder/runs_flag.ts";
import { RESUME_KEY } from "./runs_layout.ts";
import { shortId } from "./runs_table.ts";
import type { Overview } from "../../run/overview/overview.ts";
import { bytes } from "../text/formats.ts";
import { cut, stringWidth, wrapWords } from "../text/width.ts";
import { stripControl } from "../../text.ts";

const INDENT = 2;

/** The maximum number of runs whose problem is shown, so that the table stays on the screen. */
const PROBLEMS_SHOWN = 3;

/**
 * Returns lines of at most `width` columns. `runs` is the folder of the listed runs.
 * @param list the newest first
 */
export function runsNotes(list: readonly Overview[], runs: string, width: number, ellipsis = "…"): string[] {
  const folder = stripControl(runs);
  if (list.length === 0) {
    return wrapWords(noRunsText(folder), width);
  }
  const flag = runsFlag(folder);
  const resume = `${RESUME_KEY}: can be resumed, with deno task train --resume RUN${flag}`;
  const extend = `finished runs can train longer, with deno task train --resume RUN --epochs N${flag}`;
  const total = list.reduce((sum, run) => sum + run.bytes, 0);
  return [
    ...(list.some(({ resumable }) => resumable) ? hang(resume, width) : []),
    ...(list.some(({ extendable }) => extendable) ? hang(extend, width) : []),
    ...problemLines(list, flag, width, ellipsis),
    ...wrapWords(`${counted(list.length, "run", "runs")}, ${bytes(total)}, in ${folder}`, width),
  ];
}

/** Returns one line for each of the newest runs with a problem, and where to find what was left out. */
function problemLines(list: readonly Overview[], flag: string, width: number, ellipsis: string): string[] {
  const ids = list.map(({ id }) => id);
  const failed = list.filter(({ problem }) => problem !== null);
  const lines = failed.slice(0, PROBLEMS_SHOWN).map((run) => {
    const text = (id: string) => stripControl(`${id} ${stateText(run)}: ${run.problem}`);
    const [whole, short] = [text(run.id), text(shortId(run.id, ids))];
    if (stringWidth(whole) <= width) return { line: whole, isWhole: true };
    return { line: cut(short, width, ellipsis), isWhole: stringWidth(short) <= width };
  });
  const older = failed.length - lines.length;
  const isWhole = older === 0 && lines.every(({ isWhole }) => isWhole);
  const have = older === 1 ? "run has failed, or is" : "runs have failed, or are";
  return [
    ...lines.map(({ line }) => line),
    ...(older > 0 ? wrapWords(`${count(older)} older ${have} lost or broken.`, width) : []),
    ...(isWhole ? [] : hang(`whole reasons: deno task summary RUN${flag}`, width)),
  ];
}

function stateText({ status, reason }: Overview): string {
  if (status !== "ended") return `is ${status}`;
  return reason === "failed" ? "failed" : "ended";
}

/** Wraps a text with a hanging indent. */
function hang(text: string, width: number): string[] {
  if (width <= INDENT * 4) return wrapWords(text, width);
  return wrapWords(text, width - INDENT).map((line, index) => (index === 0 ? "" : " ".repeat(INDENT)) + line);
}
