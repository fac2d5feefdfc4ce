import assert from "node:assert/strict";
import { join } from "node:path";
import { GLIBC_TUNABLES, V8_FLAGS } from "../src/features/extractor_process.ts";
import { programArgs } from "../src/program.ts";

/** Whether this system has glibc's allocator. */
const GLIBC = Deno.build.os === "linux";
const MOST = 150_000_000;

/** Returns how many of 180 MB a process with the extractor's settings gives back when it no longer needs them. */
async function freed(how: string): Promise<number> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: programArgs(join(import.meta.dirname ?? "", "heap_child.ts"), how).toSpliced(1, 0, `--v8-flags=${V8_FLAGS}`),
    env: { GLIBC_TUNABLES },
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).freed;
}

Deno.test({
  name: "an extractor gives memory back when its heap is trimmed, and blocks that were allocated singly at once",
  ignore: !GLIBC,
  async fn() {
    const [kept, trimmed, singly] = [await freed("neither"), await freed("trim"), await freed("singly")];
    assert.ok(kept < MOST / 10, `${kept} bytes went back without trimming, so this shows nothing`);
    assert.ok(trimmed > MOST, `${trimmed} bytes went back`);
    assert.ok(singly > MOST, `${singly} bytes went back`);
  },
});
