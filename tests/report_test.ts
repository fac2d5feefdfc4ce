/** `deno task test`: what it runs, and what it says of skipped tests. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { PROJECT_ROOT } from "../src/paths.ts";
import { failedFiles, needOf, passedAgain, readReport, skippedLines } from "./report.ts";
import { needs, SHARED_DATA, withTemporaryFolder } from "./support.ts";

const skipped = (name: string) => ({ name, skipped: "" });

Deno.test("skipped tests are counted by what they need, the most frequent first; one that says nothing needs shared data", () => {
  const cases = [
    { name: "passed" },
    { name: "failed", failure: {} },
    skipped(`one${needs("strace")}`),
    ...["two", "three"].map(skipped),
    skipped(`four (of five)${needs("a user other than root")}`),
    skipped(`five${needs("a user other than root")}`),
    skipped("six"),
  ];
  assert.deepEqual(skippedLines(cases), [
    `3 skipped: they need ${SHARED_DATA}`,
    "2 skipped: they need a user other than root",
    "1 skipped: it needs strace",
  ]);
  assert.deepEqual(skippedLines([{ name: "passed" }]), []);
  assert.equal(needOf({ name: "a name that ends with (a remark)" }), SHARED_DATA);
});

Deno.test("the files with failed tests are run again, and only a test that passes there counts as passed", async () => {
  const failed = { file: "./tests/a_test.ts", failure: {} };
  const cases = [
    { name: "good", file: "./tests/a_test.ts" },
    { name: "once", ...failed },
    { name: "twice", ...failed },
    { name: "left out", ...failed },
    { name: "once", file: "./tests/b_test.ts", failure: {} },
  ];
  assert.deepEqual(failedFiles(cases), ["./tests/a_test.ts", "./tests/b_test.ts"]);
  const again = [
    { name: "once", file: "./tests/a_test.ts" },
    { name: "twice", ...failed },
    { name: "left out", file: "./tests/a_test.ts", skipped: "" },
  ];
  assert.deepEqual(passedAgain(cases, again), [cases[1]]);
  await withTemporaryFolder(async (folder) => {
    const report = join(folder, "report.xml");
    await runTests(`--junit-path=${report}`, "FILE");
    const [file = ""] = failedFiles(readReport(report) ?? []);
    assert.match(file, /made_up_test\.ts$/);
  });
});

Deno.test("the line about tests without the shared test data names the task that fetches it", () => {
  const { tasks } = z.object({ tasks: z.record(z.string(), z.object({ command: z.string() })) }).parse(
    JSON.parse(Deno.readTextFileSync(join(PROJECT_ROOT, "deno.json"))),
  );
  const [line = ""] = skippedLines([skipped("one"), skipped("two")]);
  const [, task = ""] = /^2 skipped: they need .*`deno task ([a-z-]+)`/.exec(line) ?? [];
  assert.equal(tasks[task]?.command, "deno run -A tests/test_data/main.ts");
  assert.ok(Deno.statSync(join(PROJECT_ROOT, "tests", "test_data", "main.ts")).isFile);
});

/** Runs `deno task test` on a file of made-up tests. */
async function runTests(...args: string[]): Promise<{ code: number; lines: string[] }> {
  return await withTemporaryFolder(async (folder) => {
    const file = join(folder, "made_up_test.ts");
    Deno.writeTextFileSync(
      file,
      `Deno.test("good", () => {});
       Deno.test("bad", () => { throw new Error("made up"); });
       Deno.test({ name: "left out${needs("strace")}", ignore: true, fn: () => {} });
       Deno.test({ name: "left out too", ignore: true, fn: () => {} });`,
    );
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", join("tests", "main.ts"), ...args.map((word) => word.replace("FILE", file))],
      cwd: PROJECT_ROOT,
      env: { NO_COLOR: "1" },
      stderr: "null",
    }).output();
    return { code, lines: new TextDecoder().decode(stdout).trimEnd().split("\n") };
  });
}

Deno.test("the tests' run ends with how many were skipped and why, with the exit status of deno test", async () => {
  const { code, lines } = await runTests("FILE");
  assert.equal(code, 1);
  assert.deepEqual(lines.slice(-2), ["1 skipped: it needs strace", `1 skipped: it needs ${SHARED_DATA}`]);
  assert.ok(lines.some((line) => /1 passed .* 1 failed .* 2 ignored/.test(line)), lines.join("\n"));
});

Deno.test("the tests' run takes a filter, a report's name and folders as deno test does", async () => {
  await withTemporaryFolder(async (folder) => {
    const report = join(folder, "report.xml");
    for (const named of [[`--junit-path=${report}`], ["--junit-path", report]]) {
      const { code, lines } = await runTests(...named, "--filter", "good", "FILE");
      assert.equal(code, 0, lines.join("\n"));
      assert.ok(lines.some((line) => /1 passed .* 0 failed/.test(line)), lines.join("\n"));
      assert.match(Deno.readTextFileSync(report), /testcase name="good"/);
      assert.ok(!lines.some((line) => /skipped/.test(line)), lines.join("\n"));
      Deno.removeSync(report);
    }
  });
});
