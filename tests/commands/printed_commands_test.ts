/** Every command that the program prints must work where it is printed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { headlight } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { tensorflowEngine } from "../engine.ts";
import { image } from "../data/images/made_images.ts";

await tensorflowEngine();

const RUN = ["train", "--data", "demo", "--base", "squeezenet11", "--size", "32", "--epochs", "1"];

/** Returns the commands in a text, each up to the end of its line or to where the sentence continues. */
function commandsIn(text: string, start: string): string[] {
  return text.split("\n").flatMap((line) => {
    const at = line.indexOf(`${start} `);
    return at < 0 ? [] : [line.slice(at).replace(/, or .*/, "").trimEnd()];
  });
}

async function inShell(command: string, cwd: string): Promise<{ status: number; output: string }> {
  const shell = new Deno.Command("sh", {
    args: ["-c", command],
    cwd,
    // INIT_CWD is unset, as in a person's shell. The task that runs the tests sets it.
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
      `deno run -A ${join(PROJECT_ROOT, "main.ts")}`,
      (folder: string) => folder,
    ],
  ] as const
) {
  Deno.test(`commands printed ${where} work there: those of a run's end, an empty list and an unknown run`, async () => {
    await withTemporaryFolder(async (folder) => {
      const cwd = cwdOf(folder);
      // If the command were installed, its name would be printed.
      const env = {
        INIT_CWD: "",
        PATH: (Deno.env.get("PATH") ?? "").split(":").filter((path) => !hasHeadlight(path)).join(":"),
      };
      const runs = ["--runs", join(folder, "runs")];
      // The image that a person would put in place of IMAGE.
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
        ["evaluate", "export", "plot", "predict", "report", "runs", "train", "train", "train", "watch"],
        commands.join("\n"),
      );
      // Resuming is tested with the resumed runs. Without options, train would use the lesson's data and base and take minutes.
      for (
        const command of commands.filter((command) => command !== `${start} train` && !command.includes(" --resume "))
      ) {
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
