import assert from "node:assert/strict";
import { checkpointRows } from "../../../src/dashboard/panes/checkpoint_rows.ts";
import type { RunState } from "../../../src/run_state/run_state.ts";
import { event, lessonAfter, replay } from "../replay.ts";

const { run } = replay([
  event({ type: "checkpoint", path: "/r/epoch-0012-step-0007", epoch: 12, step: 7, kind: "manual", bytes: 658_000 }),
], lessonAfter(12));

function rows(monitor: string, change: Partial<RunState> = {}): string[] {
  assert.ok(run.earlyStopping);
  const watched = { ...run, ...change, earlyStopping: { ...run.earlyStopping, monitor } };
  return checkpointRows(watched, 5).map((parts) => parts.slice(0, -2).join("  "));
}

Deno.test("the checkpoint pane shows the monitored figure, and none for weights of the middle of an epoch", () => {
  const [best, manual] = rows("val_loss");
  assert.match(best ?? "", /^best {7}epoch-\d+ {2}val_loss \d\.\d{4}$/);
  assert.match(manual ?? "", /^requested {2}epoch-0012-step-0007$/);
  assert.match(rows("val_accuracy")[0] ?? "", /val_accuracy 0\.\d{4}$/);
  const epochs = run.epochs.map((epoch) => ({ ...epoch, val_macro_f1: 0.5123 }));
  assert.match(rows("val_macro_f1", { epochs })[0] ?? "", /val_macro_f1 0\.5123$/);
});
