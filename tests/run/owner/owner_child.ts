/**
 * A process that owns or takes a run, for the tests of owners. `owner_child.ts RUN WHAT [STILL_FOR_MS]` prints one JSON
 * line per result. WHAT is `take` (own the run until standard input ends), or `refuse` (`refuseOwned`, then `take`).
 */
import { join } from "node:path";
import { errorLine, HeadlightError } from "../../../src/errors.ts";
import { replaceFileSync, swapSymlinkSync } from "../../../src/files/atomic.ts";
import { runDirectory } from "../../../src/run/folder/directory.ts";
import { ownedError, refuseOwned, writtenOwner } from "../../../src/run/owner/claim.ts";
import { takeOwnership } from "../../../src/run/owner/ownership.ts";

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
  const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  for await (const _ of input) {
    const errors = [
      () => replaceFileSync(run.config, `{"by":${Deno.pid}}`),
      () => swapSymlinkSync("x", join(run.path, "link")),
    ].map((change) => {
      try {
        change();
        return null;
      } catch (error) {
        return errorLine(error);
      }
    });
    tell({ changed: errors });
  }
  ownership.release();
  Deno.exit(0);
} catch (error) {
  tell({ refused: errorLine(error) });
  Deno.exit(error instanceof HeadlightError ? error.exitStatus : 1);
}
