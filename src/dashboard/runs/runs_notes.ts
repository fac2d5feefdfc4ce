/** What is said under the table of runs: what is wrong with which, and how much all of them take. */
import type { Overview } from "../../run/overview/overview.ts";
import { bytes } from "../text/formats.ts";
import { wrapWords } from "../text/width.ts";
import { stripControl } from "../../text.ts";

const INDENT = 2;

/** Lines no wider than `width`; `runs` is the folder that was listed. */
export function runsNotes(list: readonly Overview[], runs: string, width: number): string[] {
  const folder = stripControl(runs);
  if (list.length === 0) {
    return wrapWords(`no runs in ${folder}: start one with deno task train, or name their folder with --runs`, width);
  }
  const total = list.reduce((sum, run) => sum + run.bytes, 0);
  return [
    ...list.flatMap((run) =>
      run.problem === null ? [] : hang(stripControl(`${run.id} ${stateText(run)}: ${run.problem}`), width)
    ),
    ...wrapWords(`${list.length === 1 ? "1 run" : `${list.length} runs`}, ${bytes(total)}, in ${folder}`, width),
  ];
}

function stateText({ status, reason }: Overview): string {
  if (status !== "ended") return `is ${status}`;
  return reason === "failed" ? "failed" : "ended";
}

/** Goes on under itself, indented, where it is too long. */
function hang(text: string, width: number): string[] {
  if (width <= INDENT * 4) return wrapWords(text, width);
  return wrapWords(text, width - INDENT).map((line, index) => (index === 0 ? "" : " ".repeat(INDENT)) + line);
}
