/** Every command that the program prints works where it is printed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { headlight } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { tensorflowEngine } from "../engine.ts";
import { image } from "../data/images/made_images.ts";

await tensorflowEngine();

const RUN = ["train", "--data", "demo", "--base", "squeezenet11", "--size", "32", "--epochs", "1"];

/** The commands in a text, each from where it begins to the end of its line, or to where a sentence goes on. */
function commandsIn(text: string, start: string): string[] {
  return text.split("\n").flatMap((line) => {
    const at = line.indexOf(`${start} `);
    return at < 0 ? [] : [line.slice(at).replace(/, or .*| lists them$| removes it$/, "").trimEnd()];
  });
}

async function inShell(command: string, cwd: string): Promise<{ status: number; output: string }> {
  const shell = new Deno.Command("sh", {
    args: ["-c", command],
    cwd,
    // As from a person's shell, not from the task that runs the tests.
    env: { INIT_CWD: "", NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await shell.output();
  return { status: code, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

for (
  const [where, start, cwdOf] of [
    ["in the project", "deno task", () => PROJECT_ROOT],
    [
      "elsewhere, not installed",
      `deno run -A --node-modules-dir=manual ${join(PROJECT_ROOT, "main.ts")}`,
      (folder: string) => folder,
    ],
  ] as const
) {
  Deno.test(`commands printed ${where} work there: of a run's end, an empty list, an unknown run`, async () => {
    await withTemporaryFolder(async (folder) => {
      const cwd = cwdOf(folder);
      // Where the command is installed, it is printed by its name.
      const env = {
        INIT_CWD: "",
        PATH: (Deno.env.get("PATH") ?? "").split(":").filter((path) => !hasHeadlight(path)).join(":"),
      };
      const runs = ["--runs", join(folder, "runs")];
      // What a person puts in place of IMAGE.
      const path = join(folder, "image.png");
      Deno.writeFileSync(path, await image(40, 30).png().toBuffer());
      const trained = await headlight([...RUN, ...runs, "--plain"], { cwd, env });
      assert.equal(trained.status, 0, trained.stderr);
      const unknown = await headlight(["evaluate", "nothing", ...runs], { cwd, env });
      assert.equal(unknown.status, 2);
      const none = await headlight(["runs", "--runs", join(folder, "empty")], { cwd, env });
      const commands = commandsIn([trained.stdout, unknown.stderr, none.stdout].join("\n"), start);
      const kinds = commands.map((command) => command.slice(start.length + 1).split(" ")[0]);
      assert.deepEqual(
        [...kinds].sort(),
        ["evaluate", "plot", "predict", "runs", "train", "train", "watch"],
        commands.join("\n"),
      );
      // The bare one would take the lesson's data and base, for minutes.
      for (const command of commands.filter((command) => command !== `${start} train`)) {
        const { status, output } = await inShell(command.replace(/ IMAGE$/, ` ${path}`), cwd);
        assert.equal(status, 0, `${command}\n${output}`);
      }
    });
  });
}

function hasHeadlight(folder: string): boolean {
  try {
    return Deno.statSync(join(folder, "headlight")).isFile;
  } catch {
    return false;
  }
}
