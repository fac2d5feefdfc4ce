/**
 * Counts the tests in a JUnit report of `deno test` and prints `N passed, N failed, N skipped`. The exit status is 1 if
 * a test failed, if none ran, or if one was skipped although the shared test data that it needs is there. A failed test
 * that passes when its file is run again, alone, counts as passed and is named.
 *
 * deno run -A .ci/count.ts REPORT STATUS AGAIN
 *
 * STATUS: deno test's own exit status; AGAIN: the report of the files that were run again, empty if none were
 */
import { needOf, passedAgain, readReport } from "../tests/report.ts";
import { HAS_SHARED, SHARED_DATA } from "../tests/support.ts";

const [path = "", status = "", again = ""] = Deno.args;
const report = readReport(path);
if (report === null) console.log("the report of the tests cannot be read");
const cases = report ?? [];
const failures = cases.filter(({ failure }) => failure !== undefined).length;
const skipped = cases.filter((test) => test.skipped !== undefined);
// A file that throws while it is loaded does not appear in the report. Only deno test's exit status reveals it.
const unseen = failures === 0 && status !== "0" ? 1 : 0;
const mended = passedAgain(cases, readReport(again) ?? []);
for (const { name, file } of mended) console.log(`failed, then passed alone: ${name} (${file})`);
const failed = failures - mended.length + unseen;
const passed = cases.length - failures + mended.length - skipped.length;

const wronglySkipped = HAS_SHARED ? skipped.filter((test) => needOf(test) === SHARED_DATA) : [];
for (const { name } of wronglySkipped) console.log(`skipped although the shared data is there: ${name}`);
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
Deno.exit(passed === 0 || failed > 0 || wronglySkipped.length > 0 ? 1 : 0);
