import assert from "node:assert/strict";
import { unknownOptionLine } from "../../src/commands/unknown_option.ts";
import { headlight } from "../process.ts";

const COMMANDS = [
  { name: "train", options: ["--plain", "--epochs"] },
  { name: "watch", options: ["--plain"] },
  { name: "extract", options: ["--data"] },
  { name: "runs", options: ["--json"] },
  { name: "runs rm", options: ["--yes"] },
];

Deno.test("an option that other commands have is unknown to this one, and they are named", () => {
  assert.equal(
    unknownOptionLine("error: unknown option '--plain'", ["extract"], COMMANDS),
    "unknown option '--plain': extract does not have it. train and watch have it. See deno task extract --help",
  );
  assert.equal(
    unknownOptionLine("error: unknown option '--epochs'", ["extract"], COMMANDS),
    "unknown option '--epochs': extract does not have it. train has it. See deno task extract --help",
  );
});

Deno.test("a value behind the option is left out", () => {
  assert.equal(
    unknownOptionLine("error: unknown option '--epochs=3'", ["extract"], COMMANDS),
    "unknown option '--epochs': extract does not have it. train has it. See deno task extract --help",
  );
});

Deno.test("subcommands are named in full, both those that have an option and the one that does not", () => {
  assert.equal(
    unknownOptionLine("error: unknown option '--yes'", ["runs", "--yes"], COMMANDS),
    "unknown option '--yes': runs does not have it. runs rm has it. See deno task runs --help",
  );
  assert.equal(
    unknownOptionLine("error: unknown option '--foo'", ["runs", "rm", "--foo"], COMMANDS),
    "unknown option '--foo': runs rm does not have it. See deno task runs rm --help",
  );
});

Deno.test("of an option that no command has, the one that was perhaps meant is named", () => {
  assert.equal(
    unknownOptionLine("error: unknown option '--plian'\n(Did you mean --plain?)", ["watch"], COMMANDS),
    "unknown option '--plian': watch does not have it. Did you mean --plain? See deno task watch --help",
  );
  assert.equal(
    unknownOptionLine("error: unknown option '--xyz'", ["watch"], COMMANDS),
    "unknown option '--xyz': watch does not have it. See deno task watch --help",
  );
});

Deno.test("before any command, commander's words stay", () => {
  const message = "error: unknown option '--plian'";
  assert.equal(unknownOptionLine(message, ["--plian"], COMMANDS), message);
});

Deno.test("bad input: a command's unknown option is one line with what helps, and exit status 2", async () => {
  const { status, stderr } = await headlight(["extract", "--plain"]);
  assert.equal(status, 2);
  assert.match(
    stderr,
    /^headlight: unknown option '--plain': extract does not have it\. train.* have it\. See deno task extract --help\n$/,
  );
});

Deno.test("bad input: a folder without --data, or a path with spaces and no quotes, is one line with what helps", async () => {
  const { status, stderr } = await headlight(["train", "birds"]);
  assert.equal(status, 2);
  assert.match(
    stderr,
    /^headlight: too many arguments for 'train'\. .*: birds\. Name the folder of images with --data DIR, and put a path with spaces in quotes\.\n$/,
  );
});
