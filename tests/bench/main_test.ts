/** Tests the bench as a person starts it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { programArgs } from "../../src/program.ts";
import { tensorflowEngine } from "../engine.ts";
import { reportSchema } from "./report_schema.ts";

await tensorflowEngine();

async function bench(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const main = join(PROJECT_ROOT, "tests", "bench", "main.ts");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: programArgs(main, ...args),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  return { status: code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

Deno.test("bench --json prints exactly one report, with progress on standard error", async () => {
  const { status, stdout, stderr } = await bench("--json", "--quick", "--no-keras", "--only", "limit");
  assert.equal(status, 0, stderr);
  const report = reportSchema.parse(JSON.parse(stdout));
  assert.deepEqual(report.sections.map(({ name }) => name), ["limit"]);
  assert.ok((report.sections[0]?.measures[0]?.median ?? 0) > 0);
  assert.match(stderr, /limit: tfjs-node, float32/);
});

Deno.test("bench reports an unusable argument in one line, exit status 2", async () => {
  const { status, stdout, stderr } = await bench("--only", "lessons");
  assert.deepEqual([status, stdout], [2, ""]);
  assert.match(stderr, /^bench: --only lessons: [^\n]*did you mean lesson\?\n$/);
});
