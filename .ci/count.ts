/**
 * Counts the tests in a JUnit report of `deno test` and prints `N passed, N failed, N skipped`. The exit status is 1 if
 * a test failed, if none ran, or if one was skipped although the shared test data that it needs is there.
 *
 * deno run -A .ci/count.ts REPORT STATUS        STATUS: deno test's own exit status
 */
import { existsSync } from "node:fs";
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { SHARED } from "../tests/support.ts";

const listOf = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((one) => [one])]);
const casesSchema = listOf(
  z.object({ name: z.string(), failure: z.unknown().optional(), skipped: z.unknown().optional() }),
);
const reportSchema = z.object({
  testsuites: z.object({ testsuite: listOf(z.object({ testcase: casesSchema.optional() })) }),
});

/** Returns the test cases of a report, or none if it cannot be read: a type error leaves it empty. */
function casesOf(path: string): z.infer<typeof casesSchema> {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", parseAttributeValue: false });
  try {
    const { testsuites } = reportSchema.parse(parser.parse(Deno.readTextFileSync(path)));
    return testsuites.testsuite.flatMap(({ testcase }) => testcase ?? []);
  } catch {
    console.log("the report of the tests cannot be read");
    return [];
  }
}

const [path = "", status = ""] = Deno.args;
const cases = casesOf(path);
const failures = cases.filter(({ failure }) => failure !== undefined).length;
const skipped = cases.filter((test) => test.skipped !== undefined);
// A file that throws while it is loaded does not appear in the report. Only deno test's exit status reveals it.
const failed = failures === 0 && status !== "0" ? 1 : failures;
const passed = cases.length - failures - skipped.length;

// A test that not every machine can run says so at the end of its name, see `needs`.
const wronglySkipped = existsSync(SHARED) ? skipped.filter(({ name }) => !/ \(needs [^)]+\)$/.test(name)) : [];
for (const { name } of wronglySkipped) console.log(`skipped although the shared data is there: ${name}`);
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
Deno.exit(passed === 0 || failed > 0 || wronglySkipped.length > 0 ? 1 : 0);
