/** What a JUnit report of `deno test` says: the test cases, and why some of them were skipped. */
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { SHARED_DATA } from "./support.ts";

const listOf = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((one) => [one])]);
const caseSchema = z.object({
  name: z.string(),
  /** Missing from tests that were filtered out, which the report calls skipped too. */
  time: z.string().optional(),
  failure: z.unknown().optional(),
  skipped: z.unknown().optional(),
});
const reportSchema = z.object({
  testsuites: z.object({
    testsuite: listOf(z.object({ name: z.string(), testcase: listOf(caseSchema).optional() })),
  }),
});

export interface TestCase extends z.infer<typeof caseSchema> {
  /** The path of the file that was run, as `deno test` writes it. */
  readonly file: string;
}

/**
 * Returns the test cases of a report without those that were filtered out, or null if it cannot be read: `deno test`
 * leaves it empty after a type error.
 */
export function readReport(path: string): TestCase[] | null {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", parseAttributeValue: false });
  try {
    const { testsuites } = reportSchema.parse(parser.parse(Deno.readTextFileSync(path)));
    return testsuites.testsuite.flatMap(({ name: file, testcase }) =>
      (testcase ?? []).filter(({ time }) => time !== undefined).map((one) => ({ ...one, file }))
    );
  } catch {
    return null;
  }
}

/** Returns the files with failed tests, each once. */
export function failedFiles(cases: readonly TestCase[]): string[] {
  return [...new Set(cases.filter(({ failure }) => failure !== undefined).map(({ file }) => file))];
}

/** Returns the failed tests that passed when their files were run again. */
export function passedAgain(cases: readonly TestCase[], again: readonly TestCase[]): TestCase[] {
  const passed = again.filter(({ failure, skipped }) => failure === undefined && skipped === undefined);
  return cases.filter(({ failure, file, name }) =>
    failure !== undefined && passed.some((one) => one.file === file && one.name === name)
  );
}

/** Returns what a skipped test needs: the end of its name as `needs` writes it, else the shared test data. */
export function needOf({ name }: Pick<TestCase, "name">): string {
  return / \(needs ([^)]+)\)$/.exec(name)?.[1] ?? SHARED_DATA;
}

/** Returns a line for each thing that skipped tests need, the most frequent first: `3 skipped: they need strace`. */
export function skippedLines(cases: readonly Pick<TestCase, "name" | "skipped">[]): string[] {
  const counts = new Map<string, number>();
  for (const test of cases) {
    if (test.skipped !== undefined) counts.set(needOf(test), (counts.get(needOf(test)) ?? 0) + 1);
  }
  return [...counts].toSorted(([, one], [, other]) => other - one).map(([need, count]) =>
    `${count} skipped: ${count === 1 ? "it needs" : "they need"} ${need}`
  );
}
