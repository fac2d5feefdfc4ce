/** The footer's last line: keys, followed by a message or by the countdown after the end of the run. Pure. */
import { at } from "../../at.ts";
import { hasFrame, headerHasFacts } from "../layout/layout.ts";
import { cut, stringWidth } from "../text/width.ts";
import { secondsToLeave } from "../view/end_stay.ts";
import { currentMessage } from "../view/message.ts";
import { numberKey } from "../view/pane_facts.ts";
import { nextRun } from "../view/series.ts";
import type { DashboardState } from "../view/state.ts";
import type { Message, ViewState } from "../view/view_state.ts";
import { helpWindow } from "./help_text.ts";
import { CLOSE, SCROLL } from "./key_table.ts";
import { FOOTER_GAP, type FooterKey, footerKeys, modeOf } from "./keys.ts";
import { panesOf } from "./pane_numbers.ts";

export interface FooterText {
  readonly keys: readonly FooterKey[];
  readonly said: {
    readonly text: string;
    readonly tone: Message["tone"];
    /** The number of spaces before it. */
    readonly indent: number;
  } | null;
}

/** The minimum number of columns between the keys and the text. */
const SAID_GAP = 3;
/** The number of keys that stay when a message needs their room. */
const KEYS_AT_LEAST = 3;

/** Converts a text to the characters of the terminal. */
type Show = (text: string) => string;

/**
 * Returns the footer's last line. A message that does not fit beside the keys is in the header, there on small screens
 * for its few seconds instead of the title.
 */
export function footerText(state: DashboardState, width: number, show: Show, ellipsis: string): FooterText {
  const keys = keysNow(state, width);
  const room = width - keysWidth(keys) - SAID_GAP;
  const seconds = secondsToLeave(state.view);
  if (seconds !== null) return withCountdown(state, keys, countdownTexts(seconds, state), width);
  const message = currentMessage(state.view);
  if (!message || isInHeader(state, show) || isInTitle(state, show)) return { keys, said: null };
  const text = show(message.text);
  if (stringWidth(text) <= room) return { keys, said: rightOf(keys, text, message.tone, width) };
  const few = footerKeys(state, width, KEYS_AT_LEAST);
  const short = cut(text, Math.max(0, width - keysWidth(few) - SAID_GAP), ellipsis);
  return { keys: few, said: short === "" ? null : rightOf(few, short, message.tone, width) };
}

/**
 * Returns the keys and the longest countdown that fits beside them. The least important keys make room for its words;
 * the bare number is the last resort.
 */
function withCountdown(
  state: DashboardState,
  keys: readonly FooterKey[],
  texts: readonly string[],
  width: number,
): FooterText {
  const worded = texts.slice(0, -1);
  const few = [KEYS_AT_LEAST, KEYS_AT_LEAST - 1].map((most) => ({
    keys: footerKeys(state, width, most),
    texts: worded,
  }));
  for (const wanted of [{ keys, texts: worded }, ...few, { keys, texts }]) {
    const room = width - keysWidth(wanted.keys) - SAID_GAP;
    const text = wanted.texts.find((wording) => stringWidth(wording) <= room);
    if (text !== undefined) return { keys: wanted.keys, said: rightOf(wanted.keys, text, "info", width) };
  }
  return { keys, said: null };
}

/** Returns the keys. After the end of the run, adds the keys of panes with `atEnd` that have no place on the screen. */
function keysNow(state: DashboardState, width: number): readonly FooterKey[] {
  const mode = modeOf(state);
  const keys = footerKeys(state, width);
  if (mode === "help") return helpKeysNow(state, keys, width);
  if ((state.run.end === null && !state.view.lost) || mode !== "main") return keys;
  const { hidden } = panesOf(state);
  const more = state.view.panes.flatMap(({ name, numbered }): FooterKey[] =>
    numbered?.atEnd !== undefined && hidden.includes(name)
      ? [{ shown: numberKey(numbered.number), label: numbered.atEnd }]
      : []
  );
  const seconds = secondsToLeave(state.view);
  const said = seconds === null ? 0 : SAID_GAP + stringWidth(at(countdownTexts(seconds, state), 0));
  return keysWidth([...keys, ...more]) + said <= width ? [...keys, ...more] : keys;
}

/** Returns the keys of the help. If there is room, they say why the keys that it lists do nothing. */
function helpKeysNow(state: DashboardState, keys: readonly FooterKey[], width: number): readonly FooterKey[] {
  // A help that fits has nothing to scroll.
  const bound = helpWindow(state).more === null ? keys.filter(({ label }) => label !== SCROLL) : keys;
  const told = bound.map((key) => (key.label === CLOSE ? { ...key, label: `${CLOSE} to use the keys` } : key));
  return keysWidth(told) <= width ? told : bound;
}

/** Returns the message for the header's second line, or null if it fits beside the keys or there is none. */
export function headerMessage(state: DashboardState, show: Show): Message | null {
  return isInHeader(state, show) ? currentMessage(state.view) : null;
}

/**
 * Returns the message for the title line, or null if there is none: one that disappears by itself, fits nowhere else
 * and would be cut beside the keys.
 */
export function titleMessage(state: DashboardState, show: Show): Message | null {
  return isInTitle(state, show) ? currentMessage(state.view) : null;
}

function isInHeader(state: DashboardState, show: Show): boolean {
  return headerHasFacts(state.view.rows) && needsRoom(state, show);
}

function isInTitle(state: DashboardState, show: Show): boolean {
  const { view } = state;
  return !headerHasFacts(view.rows) && hasFrame(view) && currentMessage(view)?.stays !== true && needsRoom(state, show);
}

/** Returns whether there is a message that the footer has no room for. */
function needsRoom(state: DashboardState, show: Show): boolean {
  const { view } = state;
  const message = currentMessage(view);
  if (!message) return false;
  return view.quitAsked || secondsToLeave(view) !== null || !fitsBesideKeys(state, view, show(message.text));
}

function fitsBesideKeys(state: DashboardState, { columns }: ViewState, text: string): boolean {
  return keysWidth(keysNow(state, columns)) + SAID_GAP + stringWidth(text) <= columns;
}

/** Returns the texts of the countdown, the longest first. */
function countdownTexts(seconds: number, { view }: DashboardState): string[] {
  const next = nextRun(view);
  if (next !== null) return [`${next} begins in ${seconds}s`, `next run in ${seconds}s`, `${seconds}s`];
  return [`closes in ${seconds}s, any key cancels`, `closes in ${seconds}s`, `${seconds}s`];
}

function rightOf(keys: readonly FooterKey[], text: string, tone: Message["tone"], width: number): FooterText["said"] {
  return { text, tone, indent: width - keysWidth(keys) - stringWidth(text) };
}

function keysWidth(keys: readonly FooterKey[]): number {
  const texts = keys.map(({ shown, label }) => shown.length + 1 + label.length);
  return texts.reduce((sum, length) => sum + length, FOOTER_GAP * Math.max(0, keys.length - 1));
}
