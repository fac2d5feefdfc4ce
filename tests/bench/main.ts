/**
 * `deno task bench` compares Headlight with Keras, with itself and with the machine's limit. README.md in this folder
 * explains what it measures and how to read it.
 */
import { CommanderError } from "commander";
import { errorLine, HeadlightError } from "../../src/errors.ts";
import { describeMachine, describeVersions } from "../../src/run/machine.ts";
import { Bench, type Section } from "./bench.ts";
import { type BenchOptions, benchOptions } from "./options.ts";
import { type Say, sayOnStderr } from "./progress.ts";
import type { Check, Report } from "./report_schema.ts";
import { reportText } from "./report_text.ts";
import { SECTIONS } from "./sections/all.ts";
import { KERAS_VERSION, TENSORFLOW_VERSION } from "../python/venv.ts";

/** Returns the report. A section that cannot be measured is reported as such, and the others are still measured. */
async function measureAll(options: BenchOptions, work: string, say: Say): Promise<Report> {
  const bench = new Bench(options, work, say);
  const { host: _host, ...machine } = describeMachine();
  const keras = { keras: KERAS_VERSION, tensorflow: TENSORFLOW_VERSION };
  const report: Report = {
    version: 1,
    time: new Date().toISOString(),
    machine,
    versions: { ...describeVersions(), ...(options.keras ? keras : {}) },
    quick: options.quick,
    pairs: options.pairs,
    sections: [],
    failed: [],
  };
  for (const section of wantedSections(options)) {
    const { name, title } = section;
    try {
      const measured = await section.run(bench);
      const checks = options.quick ? measured.checks.map(unjudged) : measured.checks;
      report.sections.push({ name, title, ...measured, checks });
    } catch (error) {
      if (!(error instanceof HeadlightError)) console.error(error);
      say(`${name}: ${errorLine(error)}`);
      report.failed.push({ section: name, error: errorLine(error) });
    }
  }
  return report;
}

/** With so few images, a measurement cannot decide whether a limit holds. */
function unjudged(check: Check): Check {
  return { ...check, holds: null };
}

function wantedSections({ only, long }: BenchOptions): readonly Section[] {
  return SECTIONS.filter((section) => only === null ? long || !section.long : only.includes(section.name));
}

async function main(): Promise<number> {
  const options = benchOptions(Deno.args, SECTIONS.map(({ name }) => name));
  const work = Deno.makeTempDirSync({ prefix: "headlight-bench-" });
  const forget = () => Deno.removeSync(work, { recursive: true });
  for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    Deno.addSignalListener(signal, () => {
      forget();
      Deno.exit(status);
    });
  }
  try {
    const report = await measureAll(options, work, sayOnStderr());
    console.log(options.json ? JSON.stringify(report) : reportText(report).join("\n"));
    return report.failed.length > 0 ? 1 : 0;
  } finally {
    forget();
  }
}

try {
  Deno.exit(await main());
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) Deno.exit(0);
  console.error(`bench: ${errorLine(error).replace(/^error: /, "")}`);
  Deno.exit(error instanceof HeadlightError ? error.exitStatus : 2);
}
