/** The keys with which a run goes on after its end. */
import { afterDigit, type GoOnStage } from "../view/go_on.ts";
import { goOnOffer } from "../view/go_on_offer.ts";
import type { DashboardState } from "../view/state.ts";
import type { Entry, Intent } from "./key_binding.ts";

const stage = (goOn: GoOnStage | null): Intent => ({ type: "view", action: { type: "go_on", goOn } });
const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** The key of the main view. */
export const GO_ON_KEY: Entry = {
  keys: ["r"],
  shown: "r",
  label: (state) => (goOnOffer(state) === "extend" ? "train on" : "resume"),
  description: "After the end: resume the run, or train on for more epochs",
  now: (state) =>
    goOnOffer(state) === "extend"
      ? "Train on: asks for how many more epochs"
      : "Resume the run from its last checkpoint",
  brief: (state) => (goOnOffer(state) === "extend" ? "train on" : "resume the run"),
  available: (state) => goOnOffer(state) !== null,
  intent: (_, state) => (goOnOffer(state) === "extend" ? stage({ stage: "asking", typed: "" }) : { type: "go_on" }),
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
    keys: ["enter"],
    shown: "enter",
    label: "go on",
    description: "Train on",
    mode: "go_on",
    intent: () => ({ type: "go_on" }),
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

function typedOf({ view }: DashboardState): string {
  return view.goOn?.stage === "asking" ? view.goOn.typed : "";
}
