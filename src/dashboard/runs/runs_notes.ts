/** The notes under the table of runs: problems of single runs, and the total number and size. */
import { counted } from "../../counted.ts";
import { RESUME_KEY } from "./runs_layout.ts";
import type { Overview } from "../../run/overview/overview.ts";
import { bytes } from "../text/formats.ts";
import { wrapWords } from "../text/width.ts";
import { stripControl } from "../../text.ts";

const INDENT = 2;
const RESUME_NOTE = `${RESUME_KEY}: can be resumed, with deno task train --resume RUN`;

/** Returns lines of at most `width` columns. `runs` is the folder of the listed runs. */
export function runsNotes(list: readonly Overview[], runs: string, width: number): string[] {
  const folder = stripControl(runs);
  if (list.length === 0) {
    return wrapWords(
      `No runs in ${folder}. Start one with deno task train, or pass another folder with --runs.`,
      width,
    );
  }
  const total = list.reduce((sum, run) => sum + run.bytes, 0);
  return [
    ...(list.some(({ resumable }) => resumable) ? hang(RESUME_NOTE, width) : []),
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
