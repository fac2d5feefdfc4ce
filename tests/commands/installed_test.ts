/** Tests Headlight as an installed command, as the README describes it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache } from "../process.ts";
import { SMALL_RUN } from "../run/small_run.ts";
import { withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

Deno.test("the command installed as in the README trains in any folder, and its hints use its name", async () => {
  // INIT_CWD is unset, as in a person's shell. The task that runs the tests sets it.
  const { INIT_CWD: _, ...inherited } = Deno.env.toObject();
  const readme = Deno.readTextFileSync(join(PROJECT_ROOT, "README.md"));
  const [line = ""] = /deno install -g .*/.exec(readme) ?? [];
  await withTemporaryFolder(async (folder) => {
    const emptyOnce = emptyFeatureCache(folder);
    const run = async (command: string, args: readonly string[], cwd: string) => {
      const { code, stdout, stderr } = await new Deno.Command(command, {
        args: [...args],
        cwd,
        clearEnv: true,
        env: {
          ...inherited,
          ...emptyOnce,
          DENO_INSTALL_ROOT: folder,
          PATH: `${folder}/bin:${inherited["PATH"]}`,
          NO_COLOR: "1",
        },
        stdin: "null",
      }).output();
      const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assert.equal(code, 0, `${command} ${args.join(" ")}\n${said}\n${complained}`);
      return said ?? "";
    };
    await run(Deno.execPath(), line.split(" ").slice(1), PROJECT_ROOT);
    const elsewhere = join(folder, "elsewhere");
    Deno.mkdirSync(elsewhere);
    const said = await run(join(folder, "bin", "headlight"), ["train", ...SMALL_RUN, "--epochs", "2"], elsewhere);
    assert.match(said, /completed|after 2 epochs|epoch +2\/2/);
    assert.match(said, /headlight evaluate/);
  });
});
