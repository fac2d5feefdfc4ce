import assert from "node:assert/strict";
import type { ReadImages } from "../../src/data/dataset/dataset.ts";
import { type EventBody, eventBodySchema } from "../../src/events.ts";
import { Samples } from "../../src/run/samples.ts";

/** Eight images of 32×32, each in the grey level given by its number. Image 3 has no features. */
const SET = { images: Int32Array.of(0, 1, 2, 4, 5, 6, 7), labels: Int32Array.of(0, 0, 0, 0, 0, 0, 1) };
const WRONG = { classes: Int32Array.of(1, 1, 1, 1, 1, 1, 1), confidences: Float32Array.of(1, 2, 3, 7, 5, 6, 4) };

function read(from: number): Promise<ReadImages> {
  const pixels = new Uint8Array(32 * 32 * 3).fill(10 * from);
  return Promise.resolve({ count: 1, height: 32, width: 32, pixels, digests: [""], broken: [] });
}

function made(from: Partial<{ read: typeof read }> = {}) {
  const said: EventBody[] = [];
  const clock = { ms: 0 };
  const samples = new Samples({
    images: { read, fileOf: (index) => `apple/${index}.png`, ...from },
    set: SET,
    say: (body) => said.push(eventBodySchema.parse(body)),
    nowMs: () => clock.ms,
  });
  const epochs = () => said.map((body) => (body.type === "samples" ? body.epoch : body.type));
  return { said, clock, samples, epochs };
}

/** Waits until pending work is done. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

Deno.test("the most confident mistakes are reported with their own images, reduced in size", async () => {
  const { said, samples } = made();
  samples.offer(3, WRONG);
  await samples.finish();
  const [event] = said;
  assert.ok(event?.type === "samples");
  assert.equal(event.epoch, 3);
  assert.deepEqual(event.mistakes.map(({ picture }) => picture), [4, 6, 5, 2, 1, 0]);
  const [first] = event.mistakes;
  assert.equal(first?.file, "apple/4.png");
  assert.deepEqual([first?.actual, first?.predicted, first?.confidence], [0, 1, 7]);
  assert.deepEqual([first?.width, first?.height], [24, 24]);
  const pixels = Uint8Array.fromBase64(first?.pixels ?? "");
  assert.equal(pixels.length, 24 * 24 * 3);
  assert.ok(pixels.every((value) => value === 40));
});

/** The milliseconds since training began, and whether samples are reported then. */
const OFFERS: readonly (readonly [ms: number, said: boolean])[] = [
  ...[[0, true], [2900, false], [3000, true], [5900, false], [6000, true], [11_900, false], [12_000, true]] as const,
  ...[[21_900, false], [22_000, true]] as const,
  // A twentieth of an hour.
  ...[[3_600_000, true], [3_770_000, false], [3_800_000, true]] as const,
];

Deno.test("samples come after 3 seconds at first, then after 10, later after a twentieth of the time, and at the end", async () => {
  const { clock, samples, epochs } = made();
  const expected: number[] = [];
  for (const [index, [ms, said]] of OFFERS.entries()) {
    clock.ms = ms;
    samples.offer(index, WRONG);
    await settled();
    if (said) expected.push(index);
    assert.deepEqual(epochs(), expected, `after ${ms} ms`);
  }
  samples.offer(99, WRONG);
  await samples.finish();
  assert.deepEqual(epochs(), [...expected, 99]);
  await samples.finish();
  assert.deepEqual(epochs(), [...expected, 99], "nothing new is nothing to say");
});

Deno.test("a validation without a mistake is reported too", async () => {
  const { said, samples } = made();
  samples.offer(1, { classes: SET.labels, confidences: new Float32Array(7).fill(1) });
  await samples.finish();
  assert.deepEqual(said, [{ type: "samples", epoch: 1, mistakes: [] }]);
});

for (
  const [what, readNow] of [
    ["read", () => Promise.reject(new Error("apple/4.png is gone"))],
    ["decoded", async () => ({
      ...await read(4),
      broken: [{ index: 4, path: "apple/4.png", reason: "is gone" }],
    })],
  ] as const
) {
  Deno.test(`an image that can no longer be ${what} causes a single warning and does not end the run`, async () => {
    const { said, samples } = made({ read: readNow });
    samples.offer(1, WRONG);
    await samples.finish();
    samples.offer(2, WRONG);
    await samples.finish();
    assert.equal(said.length, 1);
    const [warning] = said;
    assert.ok(warning?.type === "log" && warning.level === "warn");
    assert.match(warning.text, /Sample images cannot be shown: .*apple\/4\.png.* is gone/);
  });
}

Deno.test("a disk that hangs does not keep the run from ending", async () => {
  const { said, samples } = made({ read: () => new Promise(() => {}) });
  samples.offer(1, WRONG);
  await samples.finish();
  assert.deepEqual(said, []);
});

Deno.test("samples that cannot be written to the log do not end the run", async () => {
  const samples = new Samples({
    images: { read, fileOf: () => null },
    set: SET,
    say: () => {
      throw new Error("the disk is full");
    },
  });
  samples.offer(1, WRONG);
  await samples.finish();
});
