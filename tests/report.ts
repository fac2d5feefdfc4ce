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
  testsuites: z.object({ testsuite: listOf(z.object({ testcase: listOf(caseSchema).optional() })) }),
});

export type TestCase = z.infer<typeof caseSchema>;

/** Returns the test cases of a report without those that were filtered out, or null if it cannot be read: `deno test` leaves it empty after a type error. */
export function readReport(path: string): TestCase[] | null {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", parseAttributeValue: false });
  try {
    const { testsuites } = reportSchema.parse(parser.parse(Deno.readTextFileSync(path)));
    return testsuites.testsuite.flatMap(({ testcase }) => testcase ?? []).filter(({ time }) => time !== undefined);
  } catch {
    return null;
  }
}

/** Returns what a skipped test needs: the end of its name as `needs` writes it, else the shared test data. */
export function needOf({ name }: TestCase): string {
  return / \(needs ([^)]+)\)$/.exec(name)?.[1] ?? SHARED_DATA;
}

/** Returns a line for each thing that skipped tests need, the most frequent first: `3 skipped: they need strace`. */
export function skippedLines(cases: readonly TestCase[]): string[] {
  const counts = new Map<string, number>();
  for (const test of cases) {
    if (test.skipped !== undefined) counts.set(needOf(test), (counts.get(needOf(test)) ?? 0) + 1);
  }
  return [...counts].toSorted(([, one], [, other]) => other - one).map(([need, count]) =>
    `${count} skipped: ${count === 1 ? "it needs" : "they need"} ${need}`
  );
}
