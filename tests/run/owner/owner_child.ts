/**
 * A process that owns or takes a run, for the tests of owners. `owner_child.ts RUN WHAT [STILL_FOR_MS]` prints one JSON
 * line per result. WHAT is `take` (own the run until standard input ends), or `refuse` (`refuseOwned`, then `take`).
 *
 * The line `change` on standard input makes two changes to the run. The name of one of `LATE_CHANGES` makes that change, and
 * stops the process between its last check that it owns the run and the change itself.
 */
import { dirname, join } from "node:path";
import { errorLine, HeadlightError } from "../../../src/errors.ts";
import { removeFolderSync, replaceFileSync, swapSymlinkSync } from "../../../src/files/atomic.ts";
import { guardFolder } from "../../../src/files/guard.ts";
import { runDirectory } from "../../../src/run/folder/directory.ts";
import { ownedError, refuseOwned, writtenOwner } from "../../../src/run/owner/claim.ts";
import { takeOwnership } from "../../../src/run/owner/ownership.ts";
import { writeSealedFolder } from "../../../src/run/checkpoints/sealed_folder.ts";
import { EventLog } from "../../../src/run/log/event_log.ts";
import { HistoryRows } from "../../../src/run/log/history_file.ts";
import { isLateChange, type LateChange } from "./late_change.ts";

const [path = "", what = "", stillForMs = "3000"] = Deno.args;
const run = runDirectory(path);
const tell = (value: unknown) => console.log(JSON.stringify(value));

try {
  if (what === "refuse") {
    await refuseOwned(run, {
      say: (line) => tell({ said: line }),
      stillForMs: Number(stillForMs),
      lookEveryMs: 50,
    });
  }
  const ownership = await takeOwnership(run, "/socket");
  if (!ownership) throw ownedError(run, await writtenOwner(run));
  tell({ took: Deno.pid });
  setInterval(() => ownership.keep("/socket"), 100);
  const log = new EventLog(run.events);
  const rows = new HistoryRows(run.history);
  const origin = {
    ...{ run: run.id, base: "", base_weights_sha256: "", preprocess: "scale", size: 1, pooling: "max", classes: [] },
    ...{ resize: "bilinear", precision: "float32" },
  };
  const changes: Readonly<Record<LateChange, () => void>> = {
    file: () => replaceFileSync(run.config, `{"by":${Deno.pid}}`),
    link: () => swapSymlinkSync(String(Deno.pid), join(run.checkpoints, "last")),
    checkpoint: () => void writeSealedFolder(join(run.checkpoints, "epoch-0009"), { epoch: 9, step: 0 }, origin, {}),
    removal: () => removeFolderSync(join(run.checkpoints, "epoch-0002")),
    event: () => void log.append({ type: "log", level: "info", text: `by ${Deno.pid}` }),
    row: () => {
      rows.add(`9,${Deno.pid}\n`);
      rows.flush();
    },
  };
  const tried = (change: () => void): string | null => {
    try {
      change();
      return null;
    } catch (error) {
      return errorLine(error);
    }
  };
  const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  for await (const line of input) {
    const what = line.trim();
    if (isLateChange(what)) {
      // Guards are checked in the order in which they were set, so the owner's own one has been checked before.
      guardFolder(dirname(run.path), { check: () => Deno.kill(Deno.pid, "SIGSTOP") });
      tell({ changed: [tried(changes[what])] });
    } else tell({ changed: [changes.file, () => swapSymlinkSync("x", join(run.path, "link"))].map(tried) });
  }
  ownership.release();
  Deno.exit(0);
} catch (error) {
  tell({ refused: errorLine(error) });
  Deno.exit(error instanceof HeadlightError ? error.exitStatus : 1);
}
