import assert from "node:assert/strict";
import { parseEvent } from "../src/events.ts";

Deno.test("in an early_stopping event of version 1 the fields of the best epoch hold the reference", () => {
  const event = parseEvent({
    ...{ seq: 9, time: "2026-11-26T11:13:57.658Z", v: 1, type: "early_stopping" },
    ...{ monitor: "val_accuracy", mode: "max", min_delta: 0.06, best: 0.5, best_epoch: 2, wait: 1, patience: 3 },
    ...{ stops_next: false, baseline: null },
  });
  assert.ok(event?.type === "early_stopping");
  const { reference, reference_epoch, threshold, stops_after } = event;
  assert.deepEqual([reference, reference_epoch, threshold, stops_after], [0.5, 2, 0.56, null]);
});

Deno.test("an early_stopping event of version 2 without a reference is malformed", () => {
  const event = {
    ...{ seq: 9, time: "2026-11-26T11:13:57.658Z", v: 2, type: "early_stopping" },
    ...{ monitor: "val_accuracy", mode: "max", min_delta: 0.06, best: 0.5, best_epoch: 2, wait: 1, patience: 3 },
    ...{ stops_next: false, baseline: null },
  };
  assert.throws(() => parseEvent(event));
});

Deno.test("an image whose byte count does not match its size is malformed, so viewers never draw missing pixels", () => {
  const event = (bytes: number) => ({
    seq: 1,
    time: "2026-11-26T11:00:00.000Z",
    v: 2,
    type: "samples",
    epoch: 1,
    mistakes: [{
      picture: 0,
      file: null,
      actual: 0,
      predicted: 1,
      confidence: 0.5,
      width: 2,
      height: 1,
      pixels: new Uint8Array(bytes).toBase64(),
    }],
  });
  assert.equal(parseEvent(event(6))?.type, "samples");
  for (const bytes of [0, 5, 7]) assert.throws(() => parseEvent(event(bytes)), /width × height × 3/, `${bytes}`);
});

Deno.test("the texts of a parsed event are safe to draw, but config stays unchanged because runs are repeated from it", () => {
  const bad = "\x1b[2J\x1b]0;owned\x07bro\u202eken\x9b31m image\r\n";
  const head = { seq: 1, time: "2026-11-26T11:13:57.658Z", v: 2 };
  const parsed = [
    { ...head, type: "log", level: "warn", text: bad },
    {
      ...head,
      type: "system",
      processor_percent: 1,
      cores: 2,
      memory_bytes: 1,
      memory_total_bytes: 2,
      processes: 1,
      gpus: [],
      gpu_problem: bad,
    },
    {
      ...{
        ...head,
        type: "run",
        id: bad,
        directory: "/r",
        name: bad,
        config: { data: bad },
        epochs: 1,
        notices: [bad],
      },
      dataset: { name: bad, train: 1, validation: 1, height: 1, width: 1, classes: [bad] },
      model: { base: bad, weights: bad, preprocess: bad, size: 1, pooling: bad },
      parameters: { total: 1, trainable: 1, non_trainable: 0, rows: [] },
      engine: { kind: bad, version: bad, device: bad },
    },
    {
      ...{ ...head, type: "samples", epoch: 1 },
      mistakes: [
        { picture: 0, file: bad, actual: 0, predicted: 1, confidence: 1, width: 1, height: 1, pixels: "AAAA" },
      ],
    },
  ].map(parseEvent);
  const run = parsed.find((event) => event?.type === "run");
  assert.deepEqual(run?.type === "run" && run.config, { data: bad });
  const shown = parsed.map((event) => (event?.type === "run" ? { ...event, config: {} } : event));
  assert.match(JSON.stringify(shown), /broken image/);
  // deno-lint-ignore no-control-regex -- control characters are intended here.
  assert.doesNotMatch(JSON.stringify(shown), /[\x00-\x1f\x7f-\x9f\u202a-\u202e]|\\u00|\\[rn]/);
});

Deno.test("an end event names its signal, and one with a signal added in a later version is still read", () => {
  const end = (signal: string) =>
    parseEvent({
      ...{ seq: 3, time: "2026-11-26T11:00:00.000Z", v: 2, type: "end", reason: "interrupted", epochs: 0, signal },
      ...{ best: null, last: null, run: "r", directory: "/r", notices: [] },
      seconds: { total: 1, prepare: 1, extract: 0, train: 0 },
    });
  for (const signal of ["SIGINT", "SIGUSR2"]) {
    const event = end(signal);
    assert.deepEqual(event?.type === "end" && [event.reason, event.signal], ["interrupted", signal]);
  }
  const later = end("SIGPWR");
  assert.ok(later?.type === "end");
  assert.deepEqual([later.reason, "signal" in later && later.signal !== undefined], ["interrupted", false]);
});
