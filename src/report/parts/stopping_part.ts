/** What a report says about early stopping. Pure. */
import type { RunStory } from "../../dashboard/summary/run_card.ts";
import { END_WORDS } from "../../dashboard/run_text/describe.ts";
import { earlyStoppingSentence, sentenceAfterEnd } from "../../dashboard/run_text/early_stopping_text.ts";
import { figure } from "../../dashboard/text/formats.ts";
import { count, counted } from "../../counted.ts";
import type { EventOf } from "../../events.ts";
import type { RunState } from "../../run_state/run_state.ts";
import { capital, sentence } from "../../sentence.ts";
import type { Fact, RunPart } from "./report.ts";

/** Returns how far early stopping was, and whether and why it ended the run. */
export function stoppingPart(
  { overview: { status, epochs } }: Pick<RunStory, "overview">,
  state: RunState,
): RunPart["stopping"] {
  const stopping = state.earlyStopping;
  const isUnknown = stopping === null && epochs > 0 && state.epochs.length === 0;
  const text = isUnknown ? "What early stopping did is not known" : sentenceOf(status, state);
  return { sentence: sentence(capital(text)), facts: stopping === null ? [] : factsOf(stopping) };
}

function sentenceOf(status: RunStory["overview"]["status"], state: RunState): string {
  const { end, earlyStopping: stopping, epochs } = state;
  if (end) {
    if (end.reason === "early_stopping") return sentenceAfterEnd(end, stopping);
    const trained = counted(end.epochs, "epoch", "epochs");
    return end.reason === "completed"
      ? `Early stopping did not end this run. It trained all ${trained} that were asked for`
      : `Early stopping did not end this run. It ${endedWords(end.reason, trained)}`;
  }
  if (!stopping) return "Early stopping has not started: no epoch was finished";
  const so = `after epoch ${count(epochs.at(-1)?.epoch ?? 0)}`;
  return status === "live"
    ? `Still training: ${earlyStoppingSentence(state)}`
    : `Early stopping did not end this run. Its trainer was lost ${so}`;
}

function endedWords(reason: EventOf<"end">["reason"], trained: string): string {
  if (reason === "nan") return `ended after ${trained}, because the loss was not a number`;
  const words = END_WORDS[reason];
  return reason === "stopped" || reason === "interrupted"
    ? `was ${words} after ${trained}`
    : `${words} after ${trained}`;
}

function factsOf(stopping: EventOf<"early_stopping">): Fact[] {
  const { monitor, mode, patience, wait, best, best_epoch, reference, reference_epoch } = stopping;
  const { min_delta, baseline, start_from_epoch } = stopping;
  const isOther = reference_epoch !== null && reference_epoch !== best_epoch;
  return [
    { name: "Monitored figure", text: `${monitor} (${mode === "max" ? "larger" : "smaller"} is better)` },
    {
      name: "Best epoch",
      text: best_epoch === null ? "none: no value was a number" : `epoch ${best_epoch}, ${monitor} ${figure(best)}`,
    },
    ...(isOther
      ? [{ name: "Epoch that new ones are compared with", text: `epoch ${reference_epoch}, ${figure(reference)}` }]
      : []),
    { name: "Patience", text: `${counted(patience, "epoch", "epochs")} without an improvement` },
    { name: "Waited so far", text: counted(wait, "epoch", "epochs") },
    ...(min_delta === 0 ? [] : [{ name: "Smallest improvement (min_delta)", text: String(min_delta) }]),
    ...(baseline === null ? [] : [{ name: "Baseline", text: String(baseline) }]),
    ...(start_from_epoch === 0 ? [] : [{ name: "Takes effect", text: `from epoch ${start_from_epoch + 1} on` }]),
  ];
}
