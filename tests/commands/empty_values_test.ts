import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import * as commandFlags from "../../src/commands/command_flags.ts";
import { readFlags } from "../../src/commands/flags.ts";
import { EXTRACT_FLAGS, MODEL_FLAGS, TRAIN_FLAGS } from "../../src/commands/train_options.ts";
import { HeadlightError } from "../../src/errors.ts";
import { factsOf, flagOf, optionFacts, type OptionShape } from "../../src/options.ts";
import { kerasFile } from "../model/keras_files.ts";
import { headlight } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

/** All options of all commands that take a value. */
const SHAPES: readonly OptionShape[] = [
  TRAIN_FLAGS,
  EXTRACT_FLAGS,
  MODEL_FLAGS,
  commandFlags.modelFlags,
  ...Object.values(commandFlags).filter((one) => one instanceof z.ZodObject).map(({ shape }) => shape),
  { checkpoint: commandFlags.checkpointSchema, data: commandFlags.otherDataSchema, out: commandFlags.outSchema("x") },
  { config: commandFlags.configFileSchema, page: commandFlags.reportOutSchema },
];

Deno.test("bad input: every option of every command refuses an empty value in one line that names it, status 2", () => {
  let [texts, seen] = [0, 0];
  for (const shape of SHAPES) {
    for (const [name, schema] of Object.entries(shape)) {
      // The base of train is a list whose parts are checked; it is tested below. What has no facts is no flag.
      if (name === "base") continue;
      if (optionFacts.get(schema) === undefined || factsOf(schema).value === undefined) continue;
      seen++;
      const key = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      assert.throws(() => readFlags(z.object({ [name]: schema }), { [key]: "" }), (error) => {
        assert.ok(error instanceof HeadlightError, String(error));
        assert.equal(error.exitStatus, 2);
        assert.ok(error.message.startsWith(`${flagOf(name)} "": must `), error.message);
        if (/: must not be empty\. Give <\S+> \(.+\), or remove the option\.$/.test(error.message)) texts++;
        return true;
      }, name);
    }
  }
  assert.ok(seen > 50 && texts > 20, `${seen} options, ${texts} of them texts`);
});

Deno.test("bad input: predict does not take an empty path for the working directory", async () => {
  await withTemporaryFolder(async (folder) => {
    Deno.copyFileSync(kerasFile("mixed.keras"), join(folder, "x.keras"));
    const { status, stderr } = await headlight(["predict", "--model", "x.keras", ""], { cwd: folder });
    assert.equal(status, 2);
    assert.match(stderr, /headlight: An image's path is empty \(""\)\. Remove it, or name a file or a folder\.\n$/);
  });
});

Deno.test("bad input: train names --resume and --base, and predict quotes its argument, if what they are given is empty", async () => {
  await withTemporaryFolder(async (runs) => {
    for (
      const [args, text] of [
        [["train", "--resume", ""], '--resume "": must not be empty. Name a run, or give --resume without a value '],
        [["train", "--resume="], '--resume "": must not be empty. Name a run, or give --resume without a value '],
        [["predict", ""], '"" is neither a run, nor an image, nor a folder of images. To list the runs: '],
        [["train", "--base", ""], '--base "": must be one of '],
      ] as const
    ) {
      const { status, stdout, stderr } = await headlight([...args, "--runs", runs]);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.ok(stderr.startsWith(`headlight: ${text}`), stderr);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    }
  });
});
