/** Sends damaged requests, each of which must be refused or read. HEADLIGHT_MUTATIONS sets another number of them. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { at } from "../../../src/at.ts";
import { stream } from "../../../src/training/random.ts";
import { eventually } from "../../process.ts";
import { withTrainer } from "./served_run.ts";

const COUNT = Number(Deno.env.get("HEADLIGHT_MUTATIONS") ?? 400);
const SEED = 13;

const LINES = [
  { type: "subscribe", after: 0, role: "viewer", stop_on_loss: false },
  { type: "subscribe", after: 12, role: "owner", stop_on_loss: true },
  { type: "leave" },
  { type: "command", id: 1, command: { type: "stop", signal: "SIGTERM" } },
  { type: "command", id: 2, command: { type: "checkpoint" } },
].map((request) => JSON.stringify(request));

const PIECES = [
  "",
  "\n",
  "\r\n",
  "\0",
  '"',
  "{",
  "[".repeat(5000),
  "}",
  "null",
  "-0",
  "1e999",
  "9".repeat(400),
  "\\ud800",
];

/** Returns a line with up to three mutations. */
function mutated(random: RandomGenerator): Uint8Array {
  const below = (bound: number) => uniformInt(random, 0, bound - 1);
  let bytes = new TextEncoder().encode(at(LINES, below(LINES.length)) + "\n");
  for (let wrong = 1 + below(3); wrong > 0; wrong--) {
    // Half of the mutations are between the tokens of the line, where many have no effect.
    const gaps = [
      0,
      bytes.length,
      ...[...bytes.keys()].filter((place) => bytes[place] === 0x2c || bytes[place] === 0x3a),
    ];
    const place = below(2) === 0 ? below(bytes.length + 1) : at(gaps, below(gaps.length));
    const cut = below(4) > 0 ? place : Math.min(bytes.length, place + below(20));
    const between = [
      () => Uint8Array.of(below(256)),
      () => new Uint8Array(below(10)).fill(0x20),
      () => new TextEncoder().encode(',"more":[1]'),
      () => new TextEncoder().encode(at(PIECES, below(PIECES.length))),
      () => Uint8Array.from({ length: below(40) }, () => below(256)),
      () => bytes.slice(place, place + below(60)),
      () => new Uint8Array(below(90_000)).fill(below(256)),
    ];
    bytes = Uint8Array.from([
      ...bytes.subarray(0, place),
      ...at(between, below(between.length))(),
      ...bytes.subarray(cut),
    ]);
  }
  return bytes;
}

const CHECK = new TextEncoder().encode(
  `\n${JSON.stringify({ type: "command", id: 777, command: { type: "pause" } })}\n`,
);

/** Sends bytes followed by a command. Returns whether the server read or refused them. */
function outcomeOf(path: string, bytes: Uint8Array): Promise<"read" | "refused" | "neither"> {
  return new Promise((resolve) => {
    const client = connect(path);
    let told = "";
    const settle = (outcome: "read" | "refused" | "neither") => {
      clearTimeout(timer);
      client.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => settle("neither"), 20_000);
    client.on("error", () => {});
    client.on("close", () => settle("neither"));
    client.on("data", (data) => {
      told += data;
      if (/"id":777,"ok":true/.test(told)) settle("read");
      else if (/"id":0,"ok":false,"text":"received a line [^"]*; closing the connection"/.test(told)) settle("refused");
    });
    client.write(bytes);
    client.write(CHECK);
  });
}

Deno.test(`${COUNT} seeded mutations of requests are read or refused without a crash, a hang or growing memory`, async () => {
  await withTrainer(async (trainer) => {
    const random = stream(SEED, "mutations");
    const tally = { read: 0, refused: 0, neither: 0 };
    let before = Infinity;
    let longestMs = 0;
    for (let count = 0; count < COUNT; count++) {
      if (count === Math.floor(COUNT / 4)) before = Deno.memoryUsage().rss;
      const bytes = mutated(random);
      const startedMs = performance.now();
      const outcome = await outcomeOf(trainer.server.path, bytes);
      longestMs = Math.max(longestMs, performance.now() - startedMs);
      tally[outcome]++;
      assert.notEqual(outcome, "neither", JSON.stringify(new TextDecoder().decode(bytes)));
    }
    const grownMb = (Deno.memoryUsage().rss - before) / 2 ** 20;
    await eventually("all are gone", () => trainer.connections() === 0, 20_000);
    if (Deno.env.has("HEADLIGHT_MUTATIONS")) console.log({ ...tally, longestMs, grownMb });
    assert.ok(tally.read > COUNT / 50 && tally.refused > COUNT / 4, JSON.stringify(tally));
    assert.ok(grownMb < 200, `${grownMb} MB more`);
  });
});
