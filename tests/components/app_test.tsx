import { renderToString } from "ink";
import assert from "node:assert/strict";
import { App } from "../../components/App.tsx";
import { helpKeys } from "../../src/dashboard/keys/keys.ts";
import { PANES } from "../../components/panes.ts";
import { type DashboardState, initialState } from "../../src/dashboard/view/state.ts";
import { type Cells, parseRow } from "../../src/dashboard/wire/row.ts";
import { type Lease, Strips } from "../../src/dashboard/wire/strips.ts";
import { StripsContext } from "../../components/hooks/use_strips.ts";
import { Store } from "../../src/dashboard/session/store.ts";
import { stringWidth } from "../../src/dashboard/text/width.ts";
import { long } from "../fixtures/runs/make.ts";
import { changed, lessonAfter, pressed, replay, START, stream } from "../dashboard/replay.ts";

/** Renders a state at this screen size and returns the lines of the frame. */
function frame(state: DashboardState, columns: number, rows: number): string[] {
  const store = new Store(changed(state, { view: { columns, rows } }), () => 0);
  return renderToString(<App store={store} press={() => {}} />, { columns }).split("\n");
}

const SIZES = [[200, 50], [120, 40], [80, 24], [72, 22], [60, 20], [45, 40], [40, 12], [24, 7], [20, 4]] as const;

/** A state in which every text from outside is very long, very wide or full of unusual characters. */
function strange(): DashboardState {
  const events = stream("lesson").slice(0, 132).map((event) => {
    if (event.type !== "run") return event;
    const name = "洗濯機👩‍🔬".repeat(12);
    return {
      ...event,
      name: `${name}\x1b[2J`,
      dataset: { ...event.dataset, name, train: 1e9 },
      model: { ...event.model, base: name },
      parameters: { ...event.parameters, rows: event.parameters.rows.map((row) => ({ ...row, name })) },
      notices: [name, name, name, name],
    };
  });
  return replay([
    ...events,
    { seq: 900, time: new Date(0).toISOString(), v: 1, type: "log", level: "error", text: "x".repeat(500) },
    { type: "message", tone: "error", text: "a very long answer ".repeat(20) },
  ]);
}

const SERIES = { place: 10, of: 11, next: "洗濯機👩‍🔬".repeat(12), stopAsked: false, ending: false };

const STATES: readonly [string, () => DashboardState][] = [
  ["before anything is known", () => START],
  ["preparing", () => replay(stream("extracting").slice(0, 5))],
  ["extracting", () => replay(stream("extracting"))],
  ["training", () => lessonAfter(12)],
  ["with the question whether to quit", () => changed(lessonAfter(12), { view: { quitAsked: true } })],
  ["with the help open", () => changed(lessonAfter(12), { view: { help: true } })],
  ["finished", () => replay(stream("lesson"))],
  ["after an end by NaN", () => replay(stream("nan"))],
  ["with its trainer lost", () => replay([{ type: "lost" }], lessonAfter(12))],
  ["after 500 epochs", () => replay(long())],
  ["with strange names", strange],
  ["in a series", () => changed(lessonAfter(12), { view: { series: SERIES } })],
  [
    "between two runs of a series",
    () => changed(replay(stream("lesson")), { view: { series: { ...SERIES, stopAsked: true }, leavesAt: 1e15 } }),
  ],
];

/** Keeps its names when Ink has unmounted the dashboard. */
class KeptStrips extends Strips {
  override lease(painted: readonly Cells[], cut: number | null): Lease {
    return { ...super.lease(painted, cut), release: () => {} };
  }
}

for (const [name, make] of STATES) {
  Deno.test(`${name}, the dashboard looks the same with painted lines passed to Ink by name or as they are`, () => {
    for (const help of [false, true]) {
      const state = changed(make(), { view: { help } });
      for (const [columns, rows] of SIZES) {
        const strips = new KeptStrips();
        const store = new Store(changed(state, { view: { columns, rows } }), () => 0);
        const app = <App store={store} press={() => {}} />;
        const named = renderToString(<StripsContext value={strips}>{app}</StripsContext>, { columns }).split("\n");
        const plain = renderToString(app, { columns }).split("\n");
        assert.equal(named.length, plain.length);
        for (const [row, line] of plain.entries()) {
          assert.equal(
            textOf(named[row] ?? "", columns, strips),
            textOf(line, columns),
            `${columns}×${rows}, row ${row}`,
          );
        }
      }
    }
  });
}

function textOf(line: string, columns: number, strips?: Strips): string {
  return parseRow(line, columns, strips).texts.join("");
}

for (const [name, make] of STATES) {
  Deno.test(`${name}, the frame fits every screen`, () => {
    for (const ascii of [false, true]) {
      const state = changed(make(), { view: { ascii } });
      for (const [columns, rows] of SIZES) {
        const lines = frame(state, columns, rows);
        assert.ok(lines.length <= rows, `${lines.length} lines at ${columns}×${rows}`);
        for (const line of lines) {
          assert.ok(stringWidth(line) <= columns, `${stringWidth(line)} columns at ${columns}×${rows}: ${line}`);
        }
      }
    }
  });
}

Deno.test("notices are visible in every phase and at every size that has panes", () => {
  const events = stream("extracting");
  for (const [columns, rows] of SIZES.filter(([, rows]) => rows >= 12)) {
    const text = frame(replay(events), columns, rows).join("\n");
    assert.match(text, /▲ demo data/, `${columns}×${rows}`);
    assert.match(text, /▲ random base/, `${columns}×${rows}`);
  }
});

Deno.test("at 80×24 the parameter totals are visible whether the pane has the focus or not", () => {
  for (const focus of [null, "parameters"] as const) {
    assert.match(
      frame(changed(lessonAfter(12), { view: { focus } }), 80, 24).join("\n"),
      /Parameters .*7\.09M, 0\.76 % trainable/,
    );
  }
});

Deno.test("the last epoch before an early stop is announced in words, not only in colour", () => {
  const text = frame(lessonAfter(25), 80, 24).join("\n");
  assert.match(text, /■■■■□ wait 4\/5/);
  assert.match(text, /stops after epoch 26 unless/);
});

Deno.test("at 80×24 the dashboard of a run that ended with a NaN loss says what to try", () => {
  const { run, view } = replay(stream("nan"));
  assert.ok(run.end);
  const error = "the loss of epoch 5 is not a number: try --learning-rate 0.0001, this run had 0.001";
  const lines = frame(changed({ run, view }, { run: { end: { ...run.end, error } } }), 80, 24);
  const pane = lines.map((line) => line.slice(0, 39).trim()).join(" ");
  assert.match(pane, /3 Ended.*is not a number: try --learning-rate 0\.0001/);
});

Deno.test("the countdown after the run's end is visible on every screen", () => {
  const { run, view } = replay(stream("lesson"));
  for (const [columns, rows] of SIZES.filter(([columns]) => columns >= 40 || columns === 20)) {
    const text = frame(changed({ run, view }, { view: { leavesAt: view.now + 41_500 } }), columns, rows).join("\n");
    assert.match(text, columns === 20 ? /42s|stopped early/ : /closes in 42s/, `${columns}×${rows}`);
  }
});

Deno.test("at 80×24 the figure that an epoch must beat is never cut off, however long the patience", () => {
  const state = lessonAfter(12);
  const { earlyStopping, facts } = state.run;
  assert.ok(earlyStopping && facts);
  const patient = { ...earlyStopping, patience: 30, stops_after: 29 };
  const text = frame(changed(state, { run: { earlyStopping: patient } }), 80, 24).join("\n");
  assert.match(text, /stops after epoch 29 unless > 0\.\d{4}(?!…)/);
});

const QUESTIONS = [
  [80, 24, "Quit?  d detach, training goes on  s stop and save  esc back"],
  [40, 12, "Quit?  d detach  s stop  esc back"],
  [30, 10, "Quit? d detach s stop esc back"],
  [20, 5, "d detach s stop esc"],
] as const;

for (const [columns, rows, question] of QUESTIONS) {
  Deno.test(`at ${columns}×${rows} the question after q is visible with all its answers`, () => {
    const lines = frame(changed(lessonAfter(12), { view: { quitAsked: true } }), columns, rows);
    assert.ok(lines.some((line) => line.trimEnd() === question), lines.join("\n"));
  });
}

Deno.test("at 80×24 the help shows every key with its whole description on at most two pages", () => {
  const state = changed(lessonAfter(12), { view: { help: true } });
  const text = [state, pressed(state, "page-down")].flatMap((shown) =>
    frame(shown, 80, 24).map((line) => line.replace(/^.*?│ (.{8})(.*)│.*$/, "$2").trim())
  ).join(" ");
  for (const { description } of helpKeys(state)) assert.ok(text.includes(description), `${description} in\n${text}`);
});

Deno.test("at 40×12 the help cuts off no text and says how many lines are below", () => {
  const inside = /│ .*│/;
  const text = frame(changed(lessonAfter(12), { view: { help: true } }), 40, 12).flatMap((line) =>
    inside.exec(line) ?? []
  ).join("\n");
  assert.match(text, /│ s {7}stop and save/);
  assert.match(text, /\d+ more below/);
  assert.doesNotMatch(text, /[a-z]…/);
});

Deno.test("each pane's title shows the number that focuses it, with or without the focus", () => {
  const text = (state: DashboardState) => frame(state, 200, 50).join("\n");
  const state = lessonAfter(12);
  for (
    const title of ["1 Accuracy", "2 Loss", "3 Training", "4 Early stopping", "5 Parameters", "6 Checkpoints", "7 Log"]
  ) assert.ok(text(state).includes(`${title} ─`), title);
  for (const title of ["8 Confusion", "9 System"]) assert.ok(text(state).includes(title), title);
  assert.match(text(pressed(state, "5")), /5»Parameters ─/);
  const extracting = text(replay(stream("extracting")));
  for (const title of ["1 Images per second", "3 Computing features", "6 Checkpoints", "7 Log", "9 System"]) {
    assert.ok(extracting.includes(title), title);
  }
  assert.match(text(START), /1 Setup ─/);
});

for (const [columns, rows] of [[80, 24], [60, 20], [40, 12]] as const) {
  Deno.test(`at ${columns}×${rows} a message hides no key hint and is not cut`, () => {
    const footer = (state: DashboardState) => frame(state, columns, rows).at(-1) ?? "";
    const state = lessonAfter(12);
    const said = replay([{ type: "message", tone: "info", text: "saved epoch-0012-step-0007, 658 kB" }], state);
    const lines = frame(said, columns, rows);
    assert.ok(lines.some((line) => line.includes("saved epoch-0012-step-0007, 658 kB")), lines.join("\n"));
    assert.equal(footer(said), footer(state));
    for (const key of ["s stop", "q quit", "? help"]) assert.ok(footer(said).includes(key), footer(said));
  });
}

Deno.test("on a small screen a message that stays leaves the title on the screen", () => {
  const text = "the disk of /somewhere/long/enough is full";
  const said = replay([{ type: "message", tone: "error", text, stays: true }], lessonAfter(12));
  assert.match(frame(said, 40, 12)[0] ?? "", /training/);
  const short = replay([{ type: "message", tone: "error", text }], lessonAfter(12));
  assert.match(frame(short, 40, 12)[0] ?? "", /^the disk of/);
  const paused = replay([{ type: "message", tone: "info", text: "saving a checkpoint" }], lessonAfter(12));
  assert.match(frame(paused, 40, 12)[0] ?? "", /^\S.* {2,}saving a checkpoint$/, "the name has room beside it");
});

/** A run on a small screen after twelve epochs with large losses. */
function diverging(): DashboardState {
  const events = stream("lesson").slice(0, 120).map((event) =>
    event.type === "epoch" ? { ...event, val_loss: 64.0126 + event.epoch, loss: 2.3 } : event
  );
  return replay(events);
}

Deno.test("a sparkline ends with the newest epoch also beside figures of any width", () => {
  for (const columns of [39, 40, 45]) {
    const rows = frame(diverging(), columns, 12).filter((line) => line.includes("val_loss"));
    assert.equal(rows.length, 1);
    assert.match(rows[0] ?? "", /[▁-█]$/);
  }
});

Deno.test("the legend of a chart in ASCII has the characters of its curves, on every terminal", () => {
  const ascii = pressed(lessonAfter(12), "b", "b");
  for (const [columns, rows] of [[80, 24], [200, 50]] as const) {
    assert.match(frame(ascii, columns, rows).join("\n"), /1 Accuracy .* \* (?:train )?0\..* o (?:val )?0\./);
    assert.match(frame(lessonAfter(12), columns, rows).join("\n"), /1 Accuracy .* ┄ (?:train )?0\..* ━ (?:val )?0\./);
  }
});

Deno.test("when the trainer is lost, the early stopping pane does not say when the run will end", () => {
  const lost = replay([{ type: "lost" }], lessonAfter(12));
  const shown = frame(lost, 120, 40).join("\n");
  assert.match(shown, /early stopping did not end this run/);
  assert.doesNotMatch(shown, /(?:stops|ends) after epoch/);
});

Deno.test("the help leaves notices visible, and on a one-line screen it says that there is no room", () => {
  const state = changed(replay(stream("extracting")), { view: { help: true } });
  for (const [columns, rows] of [[80, 24], [40, 12], [30, 10], [24, 7]] as const) {
    assert.match(frame(state, columns, rows).slice(0, 4).join("\n"), /▲ demo/, `${columns}×${rows}`);
  }
  for (const rows of [1, 5]) {
    assert.ok(frame(state, 20, rows).some((line) => line.trimEnd() === "? close  too small"), `${rows} rows`);
  }
});

Deno.test("a watcher without any event yet says that it reads the run, not that the run is being prepared", () => {
  const watching = { role: "watch", now: 0, panes: PANES, columns: 80, rows: 24 } as const;
  const before = initialState(watching);
  const connected = replay([{ type: "connected", id: "x", directory: "/x", live: true }], before);
  for (const state of [before, connected]) {
    const text = frame(state, 80, 24).join("\n");
    assert.match(text, /reading the run/);
    assert.match(text, /reading what the run has done so far/);
    assert.doesNotMatch(text, /preparing|starting/i);
  }
  const first = replay(stream("extracting").slice(0, 2), connected);
  assert.doesNotMatch(frame(first, 80, 24).join("\n"), /reading/);
});

Deno.test("set-up shows the finished steps and the current one", () => {
  const events = stream("extracting").slice(0, 4);
  const began = Date.parse(events.at(-1)?.time ?? "");
  const text = frame(replay([...events, { type: "tick", now: began + 12_400 }]), 80, 24).join("\n");
  assert.match(text, /· TensorFlow 2\.21\.0/);
  // This step reports no progress, so only its name and its duration can be shown.
  assert.match(text, /● DenseNet121 weights {2}for 12s/);
  assert.match(text, /Preparing[\s\S]*DenseNet121 weights[\s\S]*for 12s/);
  assert.doesNotMatch(text, /0 %|of 1 step/);
});

Deno.test("a long log line is wrapped, and its time is shown on its first line", () => {
  const text = "the features of 1,171 images are in the cache from here on and will be found there";
  const state = replay([
    { seq: 999, time: new Date(0).toISOString(), v: 1, type: "log", level: "warn", text },
  ], lessonAfter(3));
  const lines = frame(state, 80, 24).filter((line) => /▲ the features|cache from here|will be found/.test(line));
  assert.ok(lines.length >= 2, lines.join("\n"));
  assert.match(lines[0] ?? "", /\d\d:\d\d:\d\d ▲ the features/);
});

/** The state on a machine with eight GPUs, of which the run uses the fourth. */
function onEightGpus(): DashboardState {
  const figures = { utilization_percent: 94, memory_used_bytes: 60e9, memory_total_bytes: 80e9 };
  const gpu = { name: "NVIDIA H100 80GB HBM3", ...figures, temperature_celsius: 71, power_watts: 412.7 };
  const body = {
    type: "system" as const,
    processor_percent: 187,
    cores: 16,
    memory_bytes: 1.2e9,
    memory_total_bytes: 24e9,
    processes: 3,
    gpus: Array.from({ length: 8 }, (_, index) => ({ ...gpu, used: index === 3 })),
    gpu_problem: null,
  };
  return replay([{ seq: 999, time: new Date(0).toISOString(), v: 1, ...body }], lessonAfter(12));
}

Deno.test("at 80×24 the system pane shows eight GPUs with all their figures and marks the run's", () => {
  const lines = frame(changed(onEightGpus(), { view: { zoom: "system" } }), 80, 24);
  const gpus = lines.filter((line) => line.startsWith("GPU "));
  assert.deepEqual(
    gpus.map((line) => line.slice(0, 7)),
    [0, 1, 2, 3, 4, 5, 6, 7].map((n) => `GPU ${n}${n === 3 ? " ●" : "  "}`),
  );
  for (const line of gpus) assert.match(line, /94 % {2}60 GB of 80 GB {2}71 °C {2}413 W/);
  assert.match(lines.join("\n"), /System ─+ {2}● this run's\n/);
});

Deno.test("at 120×40 the system pane shows the run's GPU and says how many more there are", () => {
  const text = frame(onEightGpus(), 120, 40).join("\n");
  assert.match(text, /System ─+ {2}● this run's {2}\+7 more/);
  assert.match(text, /GPU 3 ● {3}█+░ 94 % {2}60 GB of 80 GB {2}71 °C {2}413 W/);
  assert.doesNotMatch(text, /GPU [^3]/);
});

Deno.test("at 40×12 the important part of each line stays", () => {
  const shown = (state: DashboardState) => frame(state, 40, 12).join("\n");
  const zoomed = (state: DashboardState, zoom: string) => shown(changed(state, { view: { zoom } }));
  const training = lessonAfter(12);
  assert.match(shown(training), /(?:at most .* left|estimating time left)/, "time left");
  assert.match(zoomed(training, "parameters"), /trainable █░+ 0\.76 %/);
  const extracting = replay(stream("extracting"));
  assert.match(shown(extracting), /\bleft\b/, "time left");
  assert.match(zoomed(extracting, "rates"), /Images per second .*latest \d/);
  const { run } = extracting;
  assert.match(shown(changed({ ...extracting, run: { ...run, rates: [] } }, {})), /images\/s: not measured yet/);
  const { earlyStopping, facts } = training.run;
  assert.ok(earlyStopping && facts);
  const far = { earlyStopping: { ...earlyStopping, patience: 100_000, stops_after: 100_100 } };
  assert.match(shown(changed(training, { run: far })), /ends after epoch 30 \(--epochs\) *(\n|$)/);
  const help = frame(changed(training, { view: { help: true, helpTop: 6 } }), 40, 30).join("\n");
  assert.doesNotMatch(help, /\d *│\n/, "the number of a pane is beside its name");
});

Deno.test("a run whose trainer was lost before the first epoch promises nothing: no pane says yet or what is being prepared", () => {
  const state = replay([{ type: "lost" }]);
  for (const [columns, rows] of [[200, 50], [80, 24]] as const) {
    const text = frame(state, columns, rows).join("\n");
    assert.doesNotMatch(text, /none yet|no entries yet|preparing engine|starts after|every few seconds/);
    assert.match(text, /the run ended during the setup/);
    assert.match(text, /no epoch was completed/);
  }
});

Deno.test("the reason of early stopping is whole on a small screen, also beside the commands after the end", () => {
  const ended = replay(stream("lesson"));
  assert.ok(ended.run.earlyStopping);
  const long = { ...ended.run.earlyStopping, wait: 50, patience: 50 };
  const state = changed(ended, {
    run: { earlyStopping: long },
    view: { role: "owner", leavesAt: 1e15, directory: "/r/x" },
  });
  for (const [columns, rows] of [[80, 24], [40, 12]] as const) {
    const lines = frame(state, columns, rows);
    assert.ok(
      lines.some((line) => /stopped: no improvement in 50 epochs|50 epochs without|without val_accuracy/.test(line)),
      lines.join("\n"),
    );
    assert.ok(!lines.some((line) => /stopped.*…/.test(line)), lines.join("\n"));
  }
});

Deno.test("while a run goes on after early stopping, the screen does not say that it stops now", () => {
  const state = changed(replay(stream("lesson")), {
    run: { end: null },
    view: { goOn: { stage: "starting", after: 1e6 } },
  });
  const text = frame(state, 80, 24).join("\n");
  assert.doesNotMatch(text, /stops now/);
  assert.match(text, /goes on with the run/);
});
