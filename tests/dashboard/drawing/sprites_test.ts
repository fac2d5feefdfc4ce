import assert from "node:assert/strict";
import { Sprites } from "../../../src/dashboard/drawing/sprites.ts";
import { stringWidth } from "../../../src/dashboard/text/width.ts";

const RED = { open: "\x1b[31m", close: "\x1b[39m" };
const BLUE = { open: "\x1b[34m", close: "\x1b[39m" };

Deno.test("a drawing goes by names, one a column, and comes out painted, each style once", () => {
  const sprites = new Sprites();
  const named = sprites.named("⣿⠁", RED) + sprites.named("─", BLUE);
  // deno-lint-ignore no-control-regex -- escape sequences are what is looked for.
  assert.doesNotMatch(named, /\x1b/);
  assert.equal(stringWidth(named), 3);
  assert.equal(sprites.drawn(`a${named}b`), "a\x1b[31m⣿⠁\x1b[39m\x1b[34m─\x1b[39mb");
});

Deno.test("one look has one name; the same character in another style has another", () => {
  const sprites = new Sprites();
  assert.equal(sprites.named("⣿⣿", RED), sprites.named("⣿", RED).repeat(2));
  assert.notEqual(sprites.named("⣿", RED), sprites.named("⣿", BLUE));
});

Deno.test("words and wide characters are painted as they are: they are cut by what they are", () => {
  const sprites = new Sprites();
  for (const text of ["plate", "→ plate", "りんご", "⚡ "]) {
    assert.equal(sprites.named(text, RED), `\x1b[31m${text}\x1b[39m`);
  }
});

Deno.test("a line can be cut between two names and be drawn from there on", () => {
  const sprites = new Sprites();
  const [, second = ""] = sprites.named("⣿⠁", RED);
  assert.equal(sprites.drawn(`\x1b[5G${second}`), "\x1b[5G\x1b[31m⠁\x1b[39m");
});

Deno.test("a strip has one name and its width, and what stands for it is drawn once", () => {
  const sprites = new Sprites();
  const painted = "\x1b[31m▀▀\x1b[39m▀";
  const strip = sprites.strip(painted, 3);
  assert.equal(stringWidth(strip), 3);
  assert.equal(new Set(strip).size, 2);
  assert.equal(sprites.drawn(`${strip} ${strip}`), `${painted} ${painted}`);
  assert.equal(sprites.drawn(sprites.strip("▀", 1) + strip), `▀${painted}`);
});

Deno.test("a filler that has lost its name is a blank: what is beside it keeps its column", () => {
  const sprites = new Sprites();
  const [, filler = ""] = sprites.strip("▀▀", 2);
  assert.equal(sprites.drawn(`${filler}${filler}x`), "  x");
});

Deno.test("a private character that nobody named stays what it is", () => {
  assert.equal(new Sprites().drawn("a\u{10abcd}b"), "a\u{10abcd}b");
});

Deno.test("names never run out: the oldest is given anew, and the newest keep theirs", () => {
  const sprites = new Sprites();
  const first = sprites.strip("0", 1);
  let last = "";
  for (let index = 1; index <= 0xffff; index++) last = sprites.strip(String(index), 1);
  assert.equal(sprites.drawn(last), String(0xffff));
  assert.notEqual(sprites.drawn(first), "0");
  assert.equal(sprites.drawn(sprites.strip("0", 1)), "0");
});
