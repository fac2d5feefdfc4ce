/** Counts work by the bytes that it allocates, so these tests do not depend on how fast the machine is. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { join } from "node:path";
import { programArgs, withSmallHeap } from "../../src/program.ts";
import { runDeno } from "../bench/children.ts";
import { tensorflowEngine } from "../engine.ts";
import { needs, withTemporaryFolder } from "../support.ts";
import { type Cost, type GrowthResult, growthResultSchema, readingResultSchema } from "./growth.ts";
import { nativeBytes } from "./native_memory.ts";

await tensorflowEngine();

const OPTIONS = { v8Flags: "--expose-gc", env: { GLIBC_TUNABLES: "", FORCE_COLOR: "3" } };

async function growthOf(...what: Cost[]): Promise<GrowthResult> {
  return (await runDeno("../growth/growth_child.ts", { what }, growthResultSchema, OPTIONS)).result;
}

function assertNoMore({ costs }: GrowthResult): void {
  for (const { what, few, many } of costs) {
    // Where hardly anything is allocated, a few hundred bytes are noise.
    const said = `${what}: ${Math.round(few)} bytes after few epochs, ${Math.round(many)} after 30,000`;
    assert.ok(many <= 1.25 * few + 1000, said);
  }
}

Deno.test("after 30,000 epochs, events and frames cost viewers as much as after 1,000, and of an epoch only its figures are kept", async () => {
  const growth = await growthOf("events", "plain", "frame", "window", "smoothed", "compact");
  assertNoMore(growth);
  // Seven numbers of eight bytes, and the spans of four curves. The number of the epoch and the learning rate follow from
  // their place.
  assert.ok(growth.kept !== null && growth.kept > 40 && growth.kept < 70, `${growth.kept} bytes of each epoch`);
});

Deno.test("after 30,000 epochs, an epoch costs the trainer as much as after 1,000, and leaves no tensor", async () => {
  assertNoMore(await growthOf("training", "keeping"));
});

Deno.test("after 30,000 epochs, a checkpoint costs the trainer as much as after 1,000: no text of the whole history is made", async () => {
  assertNoMore(await growthOf("saving"));
});

const COUNTS = nativeBytes() !== null;
/** Deliveries of events have different sizes. With those of one size, node:net keeps hardly anything. */
const MOST_BYTES = 80_000;
const SEND_EVERY_MS = 4;

Deno.test({
  name: `of what it reads from the trainer's socket, a viewer keeps nothing${COUNTS ? "" : needs("glibc 2.33")}`,
  ignore: !COUNTS,
  fn: () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, "socket");
      let sent = 0;
      const server = createServer((socket) => {
        const timer = setInterval(() => socket.write(new Uint8Array(1 + (sent++ * 7919) % MOST_BYTES)), SEND_EVERY_MS);
        socket.on("error", () => socket.destroy());
        socket.on("close", () => clearInterval(timer));
      });
      await new Promise<void>((resolve) => server.listen(path, resolve));
      const request = { path, few: 300, many: 1300 };
      const { result } = await runDeno("../growth/reading_child.ts", request, readingResultSchema, OPTIONS);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      assert.ok(result.grown < 1_000_000, `${result.grown} bytes of 1,000 reads`);
    }),
});

Deno.test("V8's space for new objects stays at 16 MB in a trainer, however much it allocates", async () => {
  const args = withSmallHeap(programArgs(join(import.meta.dirname ?? "", "new_objects_child.ts")));
  const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  const bytes = Number(new TextDecoder().decode(stdout));
  assert.ok(bytes > 0 && bytes <= 16 * 1024 * 1024, `${bytes} bytes`);
});
