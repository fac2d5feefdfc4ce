/**
 * Counts the tests in JUnit reports of `deno test` and prints `N passed, N failed, N skipped`. The exit status is 1 if a
 * test failed, if none ran, or if one was skipped although the shared test data that it needs is there. A failed test
 * that passes when its file is run again, alone, counts as passed and is named.
 *
 * deno run -A .ci/count.ts AGAIN [STATUS REPORT]…
 *
 * AGAIN: the report of the files that were run again, if any were; STATUS: the exit status of the `deno test` that has
 * written the report
 */
import { needOf, passedAgain, readReport, type TestCase } from "../tests/report.ts";
import { HAS_SHARED, SHARED_DATA } from "../tests/support.ts";

const [again = "", ...pairs] = Deno.args;
const hasFailed = ({ failure }: TestCase) => failure !== undefined;
const cases: TestCase[] = [];
let unseen = 0;
for (let place = 0; place < pairs.length; place += 2) {
  const [status = "", path = ""] = pairs.slice(place);
  const report = readReport(path);
  if (report === null) console.log(`the report ${path} of the tests cannot be read`);
  // A file that throws while it is loaded does not appear in the report. Only deno test's exit status reveals it.
  if (status !== "0" && !report?.some(hasFailed)) unseen++;
  cases.push(...report ?? []);
}
const skipped = cases.filter((test) => test.skipped !== undefined);
const mended = passedAgain(cases, readReport(again) ?? []);
for (const { name, file } of mended) console.log(`failed, then passed alone: ${name} (${file})`);
const failures = cases.filter(hasFailed).length - mended.length;
const passed = cases.length - failures - skipped.length;
const failed = failures + unseen;

const wronglySkipped = HAS_SHARED ? skipped.filter((test) => needOf(test) === SHARED_DATA) : [];
for (const { name } of wronglySkipped) console.log(`skipped although the shared data is there: ${name}`);
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
Deno.exit(passed === 0 || failed > 0 || wronglySkipped.length > 0 ? 1 : 0);
