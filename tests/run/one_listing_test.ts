/** Counts how often all processes of a run together list the folders of a data set, as strace reports it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { image, writeFiles } from "../data/images/made_images.ts";
import { tensorflowEngine } from "../engine.ts";
import { headlightArgs } from "../process.ts";
import { needs, withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

const STRACE = spawnSync("strace", ["-V"]).status === 0;
const CLASSES = 11;

/** Returns the folders that a command and all its processes have opened to list them. */
async function listedFolders(trace: string, args: readonly string[]): Promise<string[]> {
  const { code, stderr } = await new Deno.Command("strace", {
    args: ["-f", "-qq", "-e", "trace=openat", "-o", trace, Deno.execPath(), ...headlightArgs(args)],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return Deno.readTextFileSync(trace).split("\n").flatMap((line) => {
    const [, path, flags] = /openat\(\w+, "([^"]+)", ([\w|]+)/.exec(line) ?? [];
    return path !== undefined && flags?.includes("O_DIRECTORY") ? [path] : [];
  });
}

Deno.test({
  name:
    `train, evaluate --data and predict list each folder of a data set once; evaluate on the run's images lists none${
      needs("strace")
    }`,
  ignore: !STRACE,
  fn: () =>
    withTemporaryFolder(async (folder) => {
      const data = join(folder, "data");
      const names = Array.from({ length: CLASSES }, (_, index) => `class${String(index).padStart(2, "0")}`);
      const files: Record<string, Uint8Array> = {};
      for (const [label, name] of names.entries()) {
        for (const file of [1, 2]) {
          files[`${name}/${file}.png`] = new Uint8Array(await image(30, 20, label * 2 + file).png().toBuffer());
        }
      }
      writeFiles(data, files);
      const runs = join(folder, "runs");
      const model = ["--base", "squeezenet11", "--weights", "random", "--size", "64", "--epochs", "1"];
      const once = [data, ...names.map((name) => join(data, name))];
      for (
        const [args, expected] of [
          [["train", "--data", data, ...model, "--plain", "--runs", runs], once],
          [["evaluate", "--runs", runs], []],
          [["evaluate", "--runs", runs, "--data", data], once],
          [["predict", "--runs", runs, "latest", data], once],
        ] as const
      ) {
        const listed = await listedFolders(join(folder, "trace"), args);
        assert.deepEqual(listed.filter((path) => path.startsWith(data)).sort(), expected, args.join(" "));
      }
    }),
});
