/** Formats a report for people: the machine, a table per section, and the limits with their measured values. */
import prettyBytes from "pretty-bytes";
import { range, table, withUnit } from "./format.ts";
import type { Check, Measure, Report, SectionReport } from "./report_schema.ts";

/** Returns lines of Markdown. */
export function reportText(report: Report): string[] {
  const { machine, versions, quick, pairs, sections, failed } = report;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${prettyBytes(machine.memory_bytes)}, ${machine.os}; ` +
    Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", "),
    `${report.time}; ${pairs} alternating ${pairs === 1 ? "round" : "rounds"}, medians`,
    ...(quick
      ? ["QUICK: few images and one round. This shows that the bench works and says nothing about speed."]
      : []),
    ...sections.flatMap((section) => ["", ...sectionText(section)]),
    ...failed.flatMap(({ section, error }) => ["", `## ${section}: not measured`, "", error]),
  ];
}

function sectionText({ title, measures, checks, notes }: SectionReport): string[] {
  const ratioOf = ({ ratio }: Measure) => ratio ? `${withUnit(ratio.value, "ratio")} ${ratio.to}` : "";
  const rows = measures.map((one) => [
    one.quantity,
    one.of,
    withUnit(one.median, one.unit),
    ratioOf(one),
    range(one.samples, one.unit),
  ]);
  return [
    `## ${title}`,
    "",
    ...(rows.length > 0 ? [...table(["what", "of", "median", "ratio", "lowest – highest"], rows, [2])] : []),
    ...(checks.length > 0 ? ["", ...checkTable(checks)] : []),
    ...(notes.length > 0 ? ["", ...notes.map((note) => `- ${note}`)] : []),
  ];
}

function checkTable(checks: readonly Check[]): string[] {
  const rows = checks.map(({ what, unit, bound, limit, got, holds }) => [
    what,
    `${bound} ${withUnit(limit, unit)}`,
    got === null ? "not measured" : withUnit(got, unit),
    holds === null ? "–" : holds ? "holds" : "DOES NOT HOLD",
  ]);
  return table(["limit", "required", "measured", ""], rows, []);
}
