/** The notes under the table of runs: problems of single runs, and the total number and size. */
import { counted } from "../../counted.ts";
import { noRunsText } from "../../run/folder/find_run.ts";
import { runsFlag } from "../../run/folder/runs_flag.ts";
import { RESUME_KEY } from "./runs_layout.ts";
import type { Overview } from "../../run/overview/overview.ts";
import { bytes } from "../text/formats.ts";
import { wrapWords } from "../text/width.ts";
import { stripControl } from "../../text.ts";

const INDENT = 2;

/** Returns lines of at most `width` columns. `runs` is the folder of the listed runs. */
export function runsNotes(list: readonly Overview[], runs: string, width: number): string[] {
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
    ...list.flatMap((run) =>
      run.problem === null ? [] : hang(stripControl(`${run.id} ${stateText(run)}: ${run.problem}`), width)
    ),
    ...wrapWords(`${counted(list.length, "run", "runs")}, ${bytes(total)}, in ${folder}`, width),
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
