/** A report with every section, whose names and paths try to become markup. */
import { runStateOf } from "../../src/run_state/run_state.ts";
import type { RunState } from "../../src/run_state/run_state.ts";
import { compareRuns } from "../../src/results/comparison/comparison.ts";
import { comparedRun } from "../../src/results/comparison/compared_run.ts";
import { plottedRun } from "../../src/results/plotted_run.ts";
import { tally } from "../../src/results/metrics.ts";
import { drawCurves } from "../../src/report/drawing/draw_curves.ts";
import { comparisonPart } from "../../src/report/parts/comparison_part.ts";
import type { Judgement, Report, RunPart } from "../../src/report/parts/report.ts";
import { limitsFor } from "../../src/report/parts/page_limits.ts";
import { recorded } from "../results/plotted.ts";

/** Names that would be markup, end an attribute, run from right to left or need more than one UTF-16 unit. */
export const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  `"quoted" & 'single'`,
  "תפוחים ירוקים",
  "🍅 tomato",
  "</style><script>alert(2)</script>",
  "a name without any blank that is very long ".replaceAll(" ", "_").repeat(5),
] as const;
export const HOSTILE_PATH = `/data/we</style>ird/"><script>alert(3)</script>`;

/** A red pixel. */
const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

export function madeJudgement(classes: readonly string[]): Judgement {
  const confusion = classes.map((_, row) => classes.map((_, column) => row === column ? 20 + row : (row + column) % 4));
  const counts = tally(classes, confusion);
  return {
    before: [`The images are the validation set of ${HOSTILE_PATH}.`],
    figures: [{ name: "Accuracy", text: counts.accuracy.toFixed(4) }],
    tally: counts,
    trainedOn: classes.map((_, label) => 40 + label),
    matrix: null,
    mistakes: classes.map((actual, place) => ({
      actual,
      predicted: classes[(place + 1) % classes.length] ?? "",
      probability: 0.9 - place / 100,
      image: `${HOSTILE_PATH}/${place}.jpg`,
      thumbnail: place === 0 ? null : { src: PIXEL, width: 1, height: 1 },
    })),
    mistaken: counts.count - counts.correct,
  };
}

export async function madeRun(
  state: RunState,
  curves = true,
  classes: readonly string[] = HOSTILE,
): Promise<RunPart> {
  const id = `20261123-205501-"><script>alert(4)</script>`;
  return {
    title: `run ${HOSTILE[0]}`,
    id,
    state: ["Stopped early after 26 epochs."],
    key: [{ name: "Validation accuracy", text: "0.652 in epoch 21, the best one" }],
    notices: [`DEMO DATA ${HOSTILE[0]}`, HOSTILE[4]],
    curves: curves ? await drawCurves([plottedRun(id, state)]) : null,
    historyNote: null,
    epochs: { columns: ["loss", "time"], rows: [{ epoch: 1, isBest: true, cells: ["1.2000", "2s"] }] },
    stopping: { sentence: "Stopped.", facts: [{ name: "Patience", text: "5 epochs" }] },
    judgement: madeJudgement(classes),
    data: {
      facts: [{ name: "Folder", text: HOSTILE_PATH }],
      classes: HOSTILE.map((name) => ({ name, train: 40, validation: 13, broken: 1 })),
      broken: [`Validation images that cannot be decoded: ${HOSTILE_PATH}.`],
    },
    setup: [{ name: "Weights", text: HOSTILE_PATH }],
    options: [{ name: "--data", text: HOSTILE_PATH }, { name: "--batch", text: "32" }],
    limits: limitsFor(1),
    again: { command: `deno task train --data '${HOSTILE_PATH}'`, text: "This command repeats it." },
  };
}

/** A report on one run, or on two. */
export async function madeReport(runs: 1 | 2 = 1, classes: readonly string[] = HOSTILE): Promise<Report> {
  const state = runStateOf(recorded("lesson"));
  const written = "Written by Headlight 0.1.0 on 2026-11-28 15:00 UTC.";
  if (runs === 1) return { written, runs: [await madeRun(state, true, classes)], comparison: null, curves: null };
  const requested = { base: "densenet121", size: 160, name: HOSTILE[0] };
  const compared = [1, 2].map((run) => comparedRun(`2026112${run}-205501-densenet121`, requested, state, false));
  return {
    written,
    runs: [await madeRun(state, false, classes), await madeRun(state, false, classes)],
    comparison: comparisonPart(compareRuns(compared, [new Map([["a", true]]), { problem: HOSTILE_PATH }])),
    curves: await drawCurves([plottedRun(HOSTILE[0], state), plottedRun("other", state)]),
  };
}
