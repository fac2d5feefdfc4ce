/** The question how many more epochs a run trains that has reached its end. Pure. */
import { type Extension, morePatience, usualExtension } from "../../run_state/way_on.ts";
import { reached } from "../run_text/next_steps.ts";
import type { DashboardState } from "../view/state.ts";
import { KEYS } from "./key_table.ts";
import { FOOTER_GAP, labelOf } from "./keys.ts";

export interface GoOnQuestion {
  readonly ask: string;
  /** The number of epochs: the digits that were typed, which may be none, or the suggested number. */
  readonly more: string;
  /** Why the answer was refused, or what else changes; empty if nothing does. */
  readonly also: string;
  /** Columns before each answer. */
  readonly gap: number;
  /** The answers. With an empty label, only the key is shown. */
  readonly keys: readonly { readonly shown: string; readonly label: string }[];
}

/** Returns the question in the longest form that fits into `width` columns, or in the shortest one. */
export function goOnQuestion(state: DashboardState, width: number): GoOnQuestion {
  const { goOn } = state.view;
  const { typed, refused } = goOn?.stage === "asking" ? goOn : { typed: null };
  const more = typed ?? String(moreEpochs(state));
  const { patience } = extensionOf(state);
  const before = reached(state.run).patience;
  const answers = KEYS.filter((key) => key.mode === "go_on" && key.footer !== null);
  const keys = answers.map((key) => ({ shown: key.shown, label: labelOf(key, state) }));
  const names = keys.map(({ shown }) => ({ shown, label: "" }));
  const also = refused !== undefined
    ? [` ${refused}`, ` ${refused}`]
    : patience === undefined
    ? ["", ""]
    : [` with patience ${patience} instead of ${before}`, ` with patience ${patience}`];
  const [whole = "", short = ""] = also;
  const wordings: readonly GoOnQuestion[] = [
    { ask: "How many more epochs? ", more, also: whole, gap: FOOTER_GAP, keys },
    { ask: "How many more epochs? ", more, also: short, gap: FOOTER_GAP, keys },
    { ask: "More epochs? ", more, also: short, gap: FOOTER_GAP, keys },
    { ask: "More epochs? ", more, also: short, gap: FOOTER_GAP, keys: names },
    { ask: "Epochs? ", more, also: short, gap: 1, keys: names },
    { ask: "Epochs? ", more, also: "", gap: 1, keys: names },
  ];
  return wordings.find((wording) => widthOf(wording) <= width) ?? { ask: "", more, also: "", gap: 1, keys: [] };
}

/** Returns the options with which the run goes on if the question is answered now. Empty if it needs no answer. */
export function extensionOf(state: DashboardState): Extension {
  const { goOn } = state.view;
  if (goOn?.stage !== "asking") return {};
  const { reason, epochs, patience, wait } = reached(state.run);
  return {
    epochs: epochs + moreEpochs(state),
    ...(reason === "early_stopping" ? { patience: morePatience({ patience, wait }) } : {}),
  };
}

/** Returns the number of epochs that was typed, or the suggested one. */
function moreEpochs({ run, view }: DashboardState): number {
  const typed = view.goOn?.stage === "asking" ? view.goOn.typed : null;
  return typed === null ? suggestedEpochs(run) : Number(typed);
}

/** Suggests as many epochs again as the run has trained, or those that early stopping has left over. */
function suggestedEpochs(run: DashboardState["run"]): number {
  const before = reached(run);
  const { epochs } = usualExtension(before);
  return (epochs ?? before.planned ?? before.epochs + 1) - before.epochs;
}

function widthOf({ ask, more, also, gap, keys }: GoOnQuestion): number {
  const texts = keys.map(({ shown, label }) => gap + shown.length + (label === "" ? 0 : 1 + label.length));
  // The cursor takes a column.
  return ask.length + more.length + 1 + also.length + texts.reduce((sum, length) => sum + length, 0);
}
