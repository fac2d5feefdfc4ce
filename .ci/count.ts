/**
 * Counts the tests in a JUnit report of `deno test` and prints `N passed, N failed, N skipped`. The exit status is 1 if
 * a test failed, if none ran, or if one was skipped although the shared test data that it needs is there.
 *
 * deno run -A .ci/count.ts REPORT STATUS        STATUS: deno test's own exit status
 */
import { needOf, readReport } from "../tests/report.ts";
import { HAS_SHARED, SHARED_DATA } from "../tests/support.ts";

const [path = "", status = ""] = Deno.args;
const report = readReport(path);
if (report === null) console.log("the report of the tests cannot be read");
const cases = report ?? [];
const failures = cases.filter(({ failure }) => failure !== undefined).length;
const skipped = cases.filter((test) => test.skipped !== undefined);
// A file that throws while it is loaded does not appear in the report. Only deno test's exit status reveals it.
const failed = failures === 0 && status !== "0" ? 1 : failures;
const passed = cases.length - failures - skipped.length;

const wronglySkipped = HAS_SHARED ? skipped.filter((test) => needOf(test) === SHARED_DATA) : [];
for (const { name } of wronglySkipped) console.log(`skipped although the shared data is there: ${name}`);
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
Deno.exit(passed === 0 || failed > 0 || wronglySkipped.length > 0 ? 1 : 0);
