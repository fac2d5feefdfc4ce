import { withDashboard } from "./dashboard.ts";
await withDashboard({ app: { until: 131, paceMs: 40, paceFrom: 46 } }, async ({ terminal }) => {
  await terminal.shows(/epoch 2[0-9]\/30/);
  const frames = terminal.output.split("\x1b[?2026h");
  console.log(frames.map((f) => new TextEncoder().encode(f).length).join(" "));
  console.log((frames.at(-2) ?? "").replaceAll("\x1b", "^"));
});
