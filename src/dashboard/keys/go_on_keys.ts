/** The keys with which a run goes on after its end. */
import { afterDigit, type GoOnStage, refusalOf } from "../view/go_on.ts";
import { goOnOffer } from "../view/go_on_offer.ts";
import type { DashboardState } from "../view/state.ts";
import type { Entry, Intent } from "./key_binding.ts";

const stage = (goOn: GoOnStage | null): Intent => ({ type: "view", action: { type: "go_on", goOn } });
/** Keys that a person may take for an answer. q leads back. */
const LETTERS = [..."abcdefghijklmnoprstuvwxyz-+.,"];
const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** The key of the main view. */
export const GO_ON_KEY: Entry = {
  keys: ["r"],
  shown: "r",
  label: (state) => (goOnOffer(state) === "extend" ? "more epochs" : "resume"),
  description: "After the end: resume the run, or train for more epochs",
  now: (state) =>
    goOnOffer(state) === "extend" ? "Train for more epochs; asks how many" : "Resume the run from its last checkpoint",
  brief: (state) => (goOnOffer(state) === "extend" ? "more epochs" : "resume the run"),
  available: (state) => goOnOffer(state) !== null,
  intent: (_, state) => (goOnOffer(state) === "extend" ? stage({ stage: "asking", typed: null }) : { type: "go_on" }),
  footer: 1,
};

/** The answers to the question for how many more epochs. */
export const GO_ON_ANSWERS: readonly Entry[] = [
  {
    keys: [...DIGITS, "backspace"],
    shown: "0-9",
    label: "number",
    description: "Type the number of epochs",
    mode: "go_on",
    intent: (key, state) => stage({ stage: "asking", typed: afterDigit(typedOf(state), key) }),
  },
  {
    keys: LETTERS,
    shown: "a-z",
    label: "number",
    description: "Say that a number is asked for",
    mode: "go_on",
    intent: (_, state) => stage({ stage: "asking", typed: typedOf(state), refused: "type a number" }),
  },
  {
    keys: ["enter"],
    shown: "enter",
    label: "go on",
    description: "Train for that many more epochs",
    mode: "go_on",
    intent: (_, state) => {
      const typed = typedOf(state);
      const refused = refusalOf(typed);
      return refused === null ? { type: "go_on" } : stage({ stage: "asking", typed, refused });
    },
    footer: 1,
  },
  {
    keys: ["escape", "q"],
    shown: "esc",
    label: "back",
    description: "Cancel",
    mode: "go_on",
    intent: () => stage(null),
    footer: 2,
  },
];

function typedOf({ view }: DashboardState): string | null {
  return view.goOn?.stage === "asking" ? view.goOn.typed : null;
}
