import assert from "node:assert/strict";
import {
  endsBetween,
  progressOf,
  progressSequence,
  showsProgress,
  TerminalProgress,
} from "../../../src/dashboard/session/terminal_progress.ts";
import { type DashboardState, initialState } from "../../../src/dashboard/view/state.ts";
import { endOf } from "../../run/made_run.ts";
import { event, lessonAfter, replay } from "../replay.ts";

const XTERM = { TERM: "xterm-256color" };

const TERMINALS: readonly (readonly [name: string, env: Readonly<Record<string, string>>, takes: boolean])[] = [
  ["Windows Terminal, also in WSL", { ...XTERM, WT_SESSION: "0" }, true],
  ["ConEmu", { ...XTERM, ConEmuANSI: "ON" }, true],
  ["ConEmu without escape sequences", { ...XTERM, ConEmuANSI: "OFF" }, false],
  ["Ghostty", { TERM: "xterm-ghostty", TERM_PROGRAM: "ghostty", TERM_PROGRAM_VERSION: "1.2.0" }, true],
  ["Ghostty 2.0", { TERM: "xterm-ghostty", TERM_PROGRAM: "ghostty", TERM_PROGRAM_VERSION: "2.0.0-dev" }, true],
  ["older Ghostty", { TERM: "xterm-ghostty", TERM_PROGRAM: "ghostty", TERM_PROGRAM_VERSION: "1.1.3" }, false],
  ["Ghostty over SSH", { TERM: "xterm-ghostty" }, true],
  ["iTerm2", { ...XTERM, TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "3.6.6" }, true],
  ["newer iTerm2", { ...XTERM, TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "3.10.0" }, true],
  ["iTerm2 that notifies", { ...XTERM, TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "3.6.5" }, false],
  ["iTerm2 over SSH", { ...XTERM, LC_TERMINAL: "iTerm2", LC_TERMINAL_VERSION: "3.6.9" }, true],
  ["iTerm2 that notifies, over SSH", { ...XTERM, LC_TERMINAL: "iTerm2", LC_TERMINAL_VERSION: "3.5.0" }, false],
  ["WezTerm", { ...XTERM, TERM_PROGRAM: "WezTerm", TERM_PROGRAM_VERSION: "20250801-1234-abc" }, true],
  [
    "WezTerm that notifies",
    { ...XTERM, TERM_PROGRAM: "WezTerm", TERM_PROGRAM_VERSION: "20240203-110809-5046fc22" },
    false,
  ],
  ["mintty", { ...XTERM, TERM_PROGRAM: "mintty", TERM_PROGRAM_VERSION: "3.7.1" }, true],
  ["Ptyxis and others with VTE", { ...XTERM, VTE_VERSION: "8000" }, true],
  ["older VTE", { ...XTERM, VTE_VERSION: "7600" }, false],
  ["kitty", { TERM: "xterm-kitty" }, false],
  ["kitty, started from Windows Terminal", { TERM: "xterm-kitty", WT_SESSION: "0" }, false],
  ["foot", { TERM: "foot" }, false],
  ["Alacritty in VTE's environment", { TERM: "alacritty", VTE_VERSION: "8000" }, false],
  ["Apple's terminal", { ...XTERM, TERM_PROGRAM: "Apple_Terminal", TERM_PROGRAM_VERSION: "455" }, false],
  ["xterm, or an unknown one", XTERM, false],
  ["tmux in Windows Terminal", { TERM: "tmux-256color", WT_SESSION: "0", TMUX: "/tmp/tmux-0/default,1,0" }, false],
  ["tmux that says xterm", { ...XTERM, WT_SESSION: "0", TMUX: "/tmp/tmux-0/default,1,0" }, false],
  ["tmux over SSH", { TERM: "screen-256color", LC_TERMINAL: "iTerm2", LC_TERMINAL_VERSION: "3.6.9" }, false],
  ["tmux 3.2", { ...XTERM, TERM_PROGRAM: "tmux", TERM_PROGRAM_VERSION: "3.4", LC_TERMINAL: "iTerm2" }, false],
  ["GNU screen", { TERM: "screen", STY: "1.pts-0", WT_SESSION: "0" }, false],
  ["Zellij", { ...XTERM, WT_SESSION: "0", ZELLIJ: "0" }, false],
  ["a console", { TERM: "linux" }, false],
  ["no terminal at all", {}, false],
];

for (const [name, env, takes] of TERMINALS) {
  Deno.test(`progress is ${takes ? "" : "not "}written to ${name}`, () => {
    assert.equal(showsProgress((variable) => (env as Record<string, string>)[variable]), takes);
  });
}

Deno.test("HEADLIGHT_TERMINAL_PROGRESS turns progress off in every terminal, or on; any other value changes nothing", () => {
  for (const [name, env, takes] of TERMINALS) {
    const shows = (value: string) =>
      showsProgress((variable) =>
        (({ ...env, HEADLIGHT_TERMINAL_PROGRESS: value }) as Record<string, string>)[variable]
      );
    for (const value of ["0", "false", "no", " Off"]) assert.equal(shows(value), false, name);
    for (const value of ["1", "true", "YES", "on"]) assert.equal(shows(value), true, name);
    for (const value of ["", "2", "auto"]) assert.equal(shows(value), takes, name);
  }
});

function changed(state: DashboardState, change: Parameters<typeof replay>[0][number]): DashboardState {
  return replay([change], state);
}

/** The lesson's run after an epoch, with a trainer that is there. */
function live(epoch: number): DashboardState {
  const state = lessonAfter(epoch);
  return { ...state, view: { ...state.view, live: true } };
}

function inEpoch(epoch: number, done: number): DashboardState {
  const body = { type: "progress", phase: "train", done, total: 28, per_second: null, unit: "batches" } as const;
  return changed(live(epoch - 1), event({ ...body, epoch }, 1, 500));
}

Deno.test("the share of a run is that of its epochs, with the batches of the next one", () => {
  assert.deepEqual(progressOf(live(15)), { state: "normal", percent: 50 });
  assert.deepEqual(progressOf(inEpoch(16, 14)), { state: "normal", percent: 51 });
  assert.deepEqual(progressOf(inEpoch(26, 28)), { state: "normal", percent: 86 });
});

Deno.test("the share before training is that of the features, and unknown while the run is prepared", () => {
  const start = initialState({ role: "owner", now: 0 });
  assert.deepEqual(progressOf(start), { state: "none" });
  const connected = { ...start, view: { ...start.view, live: true } };
  assert.deepEqual(progressOf(connected), { state: "busy" });
  const extracts = changed(connected, event({ type: "phase", name: "extract", total: 1171 }));
  assert.deepEqual(progressOf(extracts), { state: "normal", percent: 0 });
  const half = { type: "progress", phase: "extract", done: 585.5, total: 1171, per_second: 9, unit: "images" } as const;
  assert.deepEqual(progressOf(changed(extracts, event(half, 2, 2))), { state: "normal", percent: 50 });
});

Deno.test("a pause, an end, a failure and a lost trainer are shown, and a replay shows nothing", () => {
  const paused = changed(live(15), event({ type: "control", state: "paused" }, 1, 500));
  assert.deepEqual(progressOf(paused), { state: "paused", percent: 50 });
  const ended = (change: Parameters<typeof endOf>[1]) =>
    progressOf(changed(live(15), event(endOf("R", change), 1, 500)));
  for (const reason of ["completed", "early_stopping", "stopped", "interrupted"] as const) {
    assert.deepEqual(ended({ reason }), { state: "none" });
  }
  for (const reason of ["failed", "nan"] as const) {
    assert.deepEqual(ended({ reason }), { state: "error", percent: 100 });
  }
  assert.deepEqual(progressOf(changed(live(15), { type: "lost" })), { state: "error", percent: 100 });
  const state = live(15);
  assert.deepEqual(progressOf({ ...state, view: { ...state.view, live: false } }), { state: "none" });
});

Deno.test("the sequences are those of ConEmu", () => {
  const shown = [
    [{ state: "none" }, "\x1b]9;4;0;0\x1b\\"],
    [{ state: "normal", percent: 7 }, "\x1b]9;4;1;7\x1b\\"],
    [{ state: "error", percent: 100 }, "\x1b]9;4;2;100\x1b\\"],
    [{ state: "busy" }, "\x1b]9;4;3;0\x1b\\"],
    [{ state: "paused", percent: 50 }, "\x1b]9;4;4;50\x1b\\"],
  ] as const;
  for (const [state, sequence] of shown) assert.equal(progressSequence(state), sequence);
});

Deno.test("only what has changed is written, and again after five seconds; clearing takes it back once", () => {
  const written: string[] = [];
  let nowMs = 0;
  const progress = new TerminalProgress((text) => written.push(text), () => nowMs);
  progress.clear();
  progress.show(live(15));
  progress.show(live(15));
  assert.deepEqual(written.splice(0), ["\x1b]9;4;1;50\x1b\\"]);
  nowMs = 5000;
  progress.show(live(15));
  progress.show(inEpoch(16, 14));
  assert.deepEqual(written.splice(0), ["\x1b]9;4;1;50\x1b\\", "\x1b]9;4;1;51\x1b\\"]);
  progress.clear();
  progress.clear();
  assert.deepEqual(written.splice(0), ["\x1b]9;4;0;0\x1b\\"]);
  progress.show(live(15));
  assert.deepEqual(written, ["\x1b]9;4;1;50\x1b\\"]);
});

Deno.test("the bell rings at the end of a live run, or when its trainer is lost, and not for a replay", () => {
  const before = live(15);
  const after = changed(before, event(endOf("R"), 1, 500));
  assert.equal(endsBetween(before, after), true);
  assert.equal(endsBetween(after, after), false);
  assert.equal(endsBetween(before, changed(before, { type: "lost" })), true);
  const replayed = { ...before, view: { ...before.view, live: false } };
  assert.equal(endsBetween(replayed, changed(replayed, event(endOf("R"), 1, 500))), false);
});
