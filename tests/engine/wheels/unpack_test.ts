/** Tests the unpacking of wheels with small zip files. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { unpack } from "../../../src/engine/wheels/unpack.ts";
import { withTemporaryFolder } from "../../support.ts";
import { zip } from "../zip.ts";

const BYTES = 8 << 20;

Deno.test("aborting ends the unpacking within an entry, with the signal's reason", () =>
  withTemporaryFolder(async (folder) => {
    const wheel = join(folder, "large.whl");
    Deno.writeFileSync(wheel, zip({ "large": new Uint8Array(BYTES) }));
    const stop = new AbortController();
    const reason = new Error("stopped");
    const reports: number[] = [];
    const work = unpack(wheel, folder, {
      placeOf: (entry) => entry,
      onBytes(done) {
        reports.push(done);
        stop.abort(reason);
      },
      signal: stop.signal,
    });
    await assert.rejects(work, reason);
    assert.equal(reports.length, 1);
    assert.ok(Deno.statSync(join(folder, "large")).size < BYTES);
  }));
