/**
 * Prints the files with failed tests of JUnit reports of `deno test`, one per line; none if so many failed that the cause
 * cannot be that the machine was busy.
 *
 * deno run -A .ci/failed_files.ts REPORT…
 */
import { failedFiles, readReport } from "../tests/report.ts";

const MOST_FILES = 5;

const files = failedFiles(Deno.args.flatMap((path) => readReport(path) ?? []));
if (files.length <= MOST_FILES) { for (const file of files) console.log(file); }
