import assert from "node:assert/strict";
import { runOptionsSchema } from "../../../src/config.ts";
import { shownTarget } from "../../../src/notify_target.ts";
import { runDirectory } from "../../../src/run/folder/directory.ts";
import { diskNotification, endNotification, notifiedRun } from "../../../src/run/notify/message.ts";
import { endOf, figures } from "../made_run.ts";

const NOW = new Date("2026-11-23T20:55:01Z");
const RUN = notifiedRun(runDirectory("/runs/R"), runOptionsSchema.parse({ name: "birds" }), "node7");

function ended(change: Parameters<typeof endOf>[1], status: number) {
  const end = endOf("R", change);
  assert.ok(end.type === "end");
  return endNotification(RUN, end, status, NOW);
}

Deno.test("the end of a run is told with everything that somebody elsewhere asks for", () => {
  assert.deepEqual(ended({}, 0), {
    event: "end",
    text: "Run birds on node7 ended (completed). Best val_accuracy 0.6000 in epoch 2.",
    ...{ run: "R", name: "birds", host: "node7", time: "2026-11-23T20:55:01.000Z" },
    ...{ reason: "completed", exit_status: 0, error: null, disk: null },
    ...{ epochs: 3, monitor: "val_accuracy", best: figures(2, 0.6) },
    paths: {
      ...{ run: "/runs/R", history: "/runs/R/history.csv" },
      ...{ events: "/runs/R/events.jsonl", log: "/runs/R/trainer.log" },
    },
  });
});

Deno.test("a loss that is not a number, a failure and a full disk are told by their names", () => {
  const nan = ended({ reason: "nan", error: "The loss of epoch 1 is not a number.", best: null }, 0);
  assert.deepEqual([nan.event, nan.reason], ["nan", "nan"]);
  assert.equal(nan.text, "Run birds on node7 ended (nan): The loss of epoch 1 is not a number.");
  const failed = ended({ reason: "failed", error: "No room" }, 75);
  assert.deepEqual([failed.event, failed.exit_status, failed.error], ["end", 75, "No room"]);
  assert.match(failed.text, /^Run birds on node7 ended \(failed, exit status 75\): No room\. Best/);
  const need = { problem: "full", path: "/runs/R", needed_bytes: 2_000_000, free_bytes: 1000 } as const;
  const disk = diskNotification(RUN, need, { epochs: 1, best: null }, NOW);
  assert.deepEqual([disk.event, disk.reason, disk.exit_status, disk.disk], ["disk", null, null, need]);
  assert.equal(disk.text, "Run birds on node7 is paused: disk full at /runs/R: 2 MB needed, 1 kB free.");
});

Deno.test("of a target, only the host or the program is shown", () => {
  const shown = [
    ["https://hooks.slack.com/services/T0/B0/secret", "https://hooks.slack.com/…"],
    ["http://user:secret@localhost:8080/x?token=secret", "http://localhost:8080/…"],
    ["HTTPS://Example.org", "https://example.org/…"],
    ["https://[secret", "https://…"],
    ["curl -d @- https://host/secret", "curl …"],
    ["  curl\n-H secret", "curl …"],
    ["./notify.sh", "./notify.sh"],
  ] as const;
  for (const [target, expected] of shown) assert.equal(shownTarget(target), expected);
});
