/** The progress of `evaluate` in a pipe or a job's log. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { programArgs } from "../../src/program.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache } from "../process.ts";
import { png, withModelImages } from "./model_images.ts";

await tensorflowEngine();

const IMAGES = 150;

Deno.test("without a terminal, evaluate prints how far it is on standard error, now and then", () =>
  withModelImages(["cat", "dog", "fox"], async ({ folder, model: [, model = ""], images }) => {
    for (const name of ["cat", "dog", "fox"]) Deno.mkdirSync(join(images, name));
    for (let seed = 0; seed < IMAGES; seed++) {
      Deno.writeFileSync(join(images, ["cat", "dog", "fox"][seed % 3] ?? "", `${seed}.png`), await png(seed));
    }
    const script = fileURLToPath(new URL("evaluate_progress_child.ts", import.meta.url));
    const evaluated = async (everyMs: number) => {
      const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
        args: programArgs(script, String(everyMs), model, images),
        ...{ stdin: "null", cwd: folder, env: emptyFeatureCache(join(folder, String(everyMs))) },
      }).output();
      const text = new TextDecoder().decode(stderr);
      assert.equal(code, 0, text);
      assert.ok("model" in JSON.parse(new TextDecoder().decode(stdout)), "only the result is on standard output");
      return text.split("\n").filter((line) => /^headlight: .*\d+ of 150 images/.test(line));
    };
    const often = await evaluated(0);
    assert.match(often[0] ?? "", /^headlight: reading \d+ of 150 images$/);
    assert.match(often.at(-1) ?? "", /^headlight: 150 of 150 images/);
    assert.ok(often.length >= 2, often.join("\n"));
    // Half a minute, as `extract`, is far away: an evaluation that is short says nothing.
    assert.deepEqual(await evaluated(30_000), []);
  }));
