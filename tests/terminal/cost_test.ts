import assert from "node:assert/strict";
import { join } from "node:path";
import { parseEvent, type RunEvent } from "../../src/events.ts";
import { withTemporaryFolder } from "../support.ts";
import { withDashboard } from "./dashboard.ts";

/** Returns the bytes written in each of the next `seconds` seconds. */
async function bytesASecond(output: () => string, seconds: number): Promise<number[]> {
  const encoder = new TextEncoder();
  const counts: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const before = output().length;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    counts.push(encoder.encode(output().slice(before)).length);
  }
  return counts;
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

const TRUECOLOR = { COLORTERM: "truecolor" };
const OVERFIT = "tests/fixtures/runs/overfit.jsonl";
/** The number of epochs when the dashboard opens. The later ones arrive while bytes are counted. */
const BEFORE = 160;
const EPOCHS = 250;
/** There are two events per epoch. */
const EVENT_MS = 60;
const SECONDS = 8;

/**
 * Returns a run of many epochs, made from the recorded one, with or without new images, and its number of earlier
 * events.
 */
function longRun(images: boolean): { lines: string; before: number } {
  const recorded = Deno.readTextFileSync(OVERFIT).trim().split("\n").flatMap((line) =>
    parseEvent(JSON.parse(line)) ?? []
  );
  const epochs = recorded.filter((event) => event.type === "epoch");
  const waits = recorded.filter((event) => event.type === "early_stopping");
  const samples = recorded.find((event) => event.type === "samples");
  const events: RunEvent[] = recorded.slice(0, recorded.findIndex((event) => event.type === "epoch"))
    .map((event) => (event.type === "run" ? { ...event, epochs: 1000 } : event));
  const say = (event: RunEvent | undefined, changes: object) => {
    assert.ok(event);
    events.push({ ...event, ...changes, seq: events.length + 1 });
  };
  let before = 0;
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    if (epoch === BEFORE) before = events.length;
    say(epochs[(epoch - 1) % epochs.length], { epoch });
    say(waits[(epoch - 1) % waits.length], { epoch });
    if (images && (epoch === BEFORE || epoch === BEFORE + 30)) {
      const mistakes = samples?.mistakes.map((mistake) => ({ ...mistake, pixels: turned(mistake.pixels, epoch) }));
      say(samples, { epoch, mistakes });
    }
  }
  return { lines: events.map((event) => JSON.stringify(event)).join("\n"), before };
}

/** Changes all colours, so that no pixel stays the same. */
function turned(pixels: string, by: number): string {
  return Uint8Array.fromBase64(pixels).map((channel) => channel + by).toBase64();
}

const COSTS = [{ columns: 80, rows: 24, limit: 1000 }, { columns: 200, rows: 50, limit: 1500 }];
const MOST = 8000;
const IDLE = 100;

/** Returns the bytes in each second of a run of eight epochs per second. */
async function trainingCost(columns: number, rows: number, images: boolean): Promise<number[]> {
  let counts: number[] = [];
  await withTemporaryFolder(async (folder) => {
    const { lines, before } = longRun(images);
    const stream = join(folder, "long.jsonl");
    Deno.writeTextFileSync(stream, lines);
    const app = { stream, until: 10_000, paceMs: EVENT_MS, paceFrom: before };
    await withDashboard({ columns, rows, env: TRUECOLOR, app }, async ({ terminal }) => {
      await terminal.shows(/epoch (?:1[6-9]|2\d)\d\//);
      // The whole first frame and the pause after it are over by then.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      counts = await bytesASecond(() => terminal.output, SECONDS);
      assert.match(terminal.screen().join("\n"), /epoch [23]\d\d\//, "it trained at another rate");
    });
  });
  return counts;
}

for (const { columns, rows, limit } of COSTS) {
  const size = `at ${columns}×${rows}`;
  Deno.test(`${size} eight epochs per second cost at most ${limit} bytes per second (median)`, async () => {
    const training = await trainingCost(columns, rows, false);
    assert.ok(median(training) > limit / 5, `little was drawn: ${training.join(", ")}`);
    assert.ok(median(training) <= limit, training.join(", "));
  });

  Deno.test(`${size} a waiting run costs under ${IDLE} bytes/s`, async () => {
    await withDashboard({ columns, rows, env: TRUECOLOR }, async ({ terminal }) => {
      await terminal.shows("epoch 25/30");
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const idle = await bytesASecond(() => terminal.output, 4);
      assert.ok(median(idle) > 0, "the clock stands still");
      assert.ok(median(idle) < IDLE, `idle: ${idle.join(", ")} bytes/s`);
    });
  });
}

Deno.test(`new images arrive one by one, so that no second has more than ${MOST} bytes`, async () => {
  const counts = await trainingCost(200, 50, true);
  assert.ok(counts.reduce((sum, bytes) => sum + bytes) > 2 * MOST, `no images came: ${counts.join(", ")}`);
  assert.ok(Math.max(...counts) <= MOST, counts.join(", "));
});
