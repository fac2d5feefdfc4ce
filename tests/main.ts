/**
 * Runs the tests, and says at the end how many were skipped and why: `deno task test [FLAGS] [FILES OR FOLDERS]`. Takes
 * what `deno test` takes. The exit status is that of `deno test`.
 */
import { readReport, skippedLines } from "./report.ts";

/** Flags of `deno test` whose value may be the next word. */
const WITH_VALUE = new Set(["--filter", "--junit-path", "--reporter"]);

const end = Deno.args.indexOf("--");
const words = end === -1 ? Deno.args : Deno.args.slice(0, end);
const named = words.some((word, place) => !word.startsWith("-") && !WITH_VALUE.has(words[place - 1] ?? ""));
const asked = words.findIndex((word) => /^--junit-path(?:=|$)/.test(word));
const folder = Deno.makeTempDirSync({ prefix: "headlight-tests-" });
const report = asked === -1 ? `${folder}/report.xml` : words[asked]?.split("=")[1] ?? words[asked + 1] ?? "";

// Ctrl-C reaches deno test too, which names the tests that were running. This process waits for it.
Deno.addSignalListener("SIGINT", () => {});
const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    "test",
    "-A",
    ...(asked === -1 ? [`--junit-path=${report}`] : []),
    ...(named ? [] : ["tests"]),
    ...Deno.args,
  ],
}).spawn().status;
for (const line of skippedLines(readReport(report) ?? [])) console.log(line);
Deno.removeSync(folder, { recursive: true });
Deno.exit(code);
