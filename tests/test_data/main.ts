/**
 * Fetches the photographs and weights that some tests need into test-data/: `deno task fetch-test-data`. The exit
 * status is 1 if a part could not be fetched.
 */
import process from "node:process";
import { complain, print } from "../../src/commands/output.ts";
import { StatusLine } from "../../src/commands/status_line.ts";
import { amount } from "../../src/dashboard/text/formats.ts";
import { signalStatus, STOP_SIGNALS } from "../../src/stop_signals.ts";
import { fetchTestData } from "./fetch.ts";
import { FETCHED } from "./place.ts";
import { PUBLISHED_TEST_DATA } from "./sources.ts";

const status = new StatusLine();
const stop = new AbortController();
for (const signal of STOP_SIGNALS) {
  Deno.addSignalListener(signal, () => {
    stop.abort();
    status.clear();
    Deno.exit(signalStatus(signal));
  });
}
const said = new Set<string>();
const problems = await fetchTestData(FETCHED, PUBLISHED_TEST_DATA, {
  python: "python3",
  signal: stop.signal,
  onProgress({ label, done, total, unit }) {
    if (!process.stderr.isTTY && !said.has(label)) print(label);
    said.add(label);
    status.show(total === 0 ? label : `${label}: ${amount(done, total, unit === "bytes" ? "bytes" : "images")}`);
  },
});
status.clear();
for (const line of problems) complain(line);
if (problems.length > 0) complain("What has arrived is kept. Run this again to go on: deno task fetch-test-data");
else print(`The test data is complete: ${FETCHED}`);
Deno.exit(problems.length > 0 ? 1 : 0);
