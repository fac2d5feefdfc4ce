import assert from "node:assert/strict";
import { join } from "node:path";
import { BASE_NAMES, bases } from "../../src/bases/bases.ts";
import { type BaseFacts, listBases, type ScratchFacts } from "../../src/commands/bases.ts";
import { withTemporaryFolder } from "../support.ts";

function printed(json: boolean, root: string): string[] {
  const lines: string[] = [];
  assert.equal(listBases(json, (line) => lines.push(line), root), 0);
  return lines;
}

Deno.test("bases lists every base with parameters, features, arithmetic, top-1, and whose weights are here", async () => {
  await withTemporaryFolder((root) => {
    Deno.mkdirSync(join(root, "weights"));
    const at160 = bases.mobilenet_v2.published.find(({ size }) => size === 160);
    Deno.writeTextFileSync(join(root, "weights", at160?.name ?? ""), "");
    const lines = printed(false, root);
    assert.deepEqual(lines.slice(1, BASE_NAMES.length + 1).map((line) => line.split(" ")[0]), BASE_NAMES);
    const row = (name: string) => lines.find((line) => line.startsWith(`${name} `))?.split(/\s{2,}/);
    assert.deepEqual(row("base"), ["base", "parameters", "features", "at 160", "at 224", "top-1", "weights"]);
    assert.deepEqual(row("mobilenet_v2"), [
      ...["mobilenet_v2", "2,257,984", "1280", "0.15", "0.30", "71.3"],
      "96 128 160* 192 224",
    ]);
    assert.deepEqual(row("squeezenet11"), ["squeezenet11", "722,496", "512", "0.13", "0.26", "–", "227"]);
    assert.ok(lines.slice(0, -1).every((line) => line.length <= 80), "a line is too wide");
    assert.ok(lines.includes(`*: already here, in ${root}/weights`));
  });
});

Deno.test("bases explains the star only if weights are here", async () => {
  await withTemporaryFolder((root) => {
    assert.ok(printed(false, root).every((line) => !line.includes("*")));
  });
});

Deno.test("bases lists the networks that are trained from scratch, with the parameters of the lesson's ten classes", async () => {
  await withTemporaryFolder((root) => {
    const lines = printed(false, root).map((line) => line.split(/\s{2,}/));
    assert.deepEqual(lines.slice(-3), [
      ["trained from scratch", "parameters", "size"],
      ["lesson-cnn", "137,060", "64"],
      ["lesson-cnn-plain", "514,510", "64"],
    ]);
    const list = printed(true, root).map((line) => JSON.parse(line) as ScratchFacts);
    assert.deepEqual(list.slice(-2).map(({ kind, name, parameters }) => [kind, name, parameters]), [
      ["scratch", "lesson-cnn", 137_060],
      ["scratch", "lesson-cnn-plain", 514_510],
    ]);
  });
});

Deno.test("bases --json prints one network a line", async () => {
  await withTemporaryFolder((root) => {
    const list = printed(true, root).map((line) => JSON.parse(line) as BaseFacts).filter(({ kind }) =>
      kind === "frozen"
    );
    assert.deepEqual(list.map(({ name }) => name), BASE_NAMES);
    const vgg16 = list.at(-1);
    assert.deepEqual([vgg16?.parameters, vgg16?.multiply_adds[224], vgg16?.top1_percent], [
      14_714_688,
      15_346_630_656,
      71.3,
    ]);
    assert.deepEqual(vgg16?.weights.map(({ size, here }) => [size, here]), [[224, false]]);
  });
});
