/**
 * Counts a JUnit report of `deno test`: `N passed, N failed, N skipped`. Exit status 1 where a test failed, none ran, or
 * one was skipped although the shared test data it needs is there.
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

const [path = ""] = Deno.args;
const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", parseAttributeValue: false });
const report = reportSchema.parse(parser.parse(Deno.readTextFileSync(path)));
const cases = report.testsuites.testsuite.flatMap(({ testcase }) => testcase ?? []);
const failed = cases.filter(({ failure }) => failure !== undefined);
const skipped = cases.filter((test) => test.skipped !== undefined);
const passed = cases.length - failed.length - skipped.length;

// What a machine cannot do is named at the end of the test's name, see `needs`.
const wronglySkipped = existsSync(SHARED) ? skipped.filter(({ name }) => !/ \(needs [^)]+\)$/.test(name)) : [];
for (const { name } of wronglySkipped) console.log(`skipped although the shared data is there: ${name}`);
console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
Deno.exit(passed === 0 || failed.length > 0 || wronglySkipped.length > 0 ? 1 : 0);
