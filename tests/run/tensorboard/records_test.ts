import assert from "node:assert/strict";
import { join } from "node:path";
import { maskedChecksum, readRecords, recordOf } from "../../../src/run/tensorboard/records.ts";
import { withTemporaryFolder } from "../../support.ts";

/** Returns the data of a file's sound records and the offset at which they end. */
function recordsIn(path: string): { readonly data: string[]; readonly end: number } {
  using file = Deno.openSync(path);
  const data: string[] = [];
  const records = readRecords(file);
  for (let next = records.next();; next = records.next()) {
    if (next.done) return { data, end: next.value };
    data.push(new TextDecoder().decode(next.value.data));
  }
}

Deno.test("the checksum is the masked CRC32C of RFC 3720's examples", () => {
  const unmasked = (masked: number) => {
    const rotated = (masked - 0xa282ead8) >>> 0;
    return ((rotated >>> 17) | (rotated << 15)) >>> 0;
  };
  const ascending = Uint8Array.from({ length: 32 }, (_, index) => index);
  const crcs = [new Uint8Array(32), new Uint8Array(32).fill(255), ascending].map((bytes) =>
    unmasked(maskedChecksum(bytes)).toString(16)
  );
  assert.deepEqual(crcs, ["8a9136aa", "62a8ab43", "46dd794e"]);
});

Deno.test("records are read up to the first one that is incomplete or damaged", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "records");
    const records = ["one", "", "three"].map((text) => recordOf(new TextEncoder().encode(text)));
    const whole = Uint8Array.from(records.flatMap((record) => [...record]));
    Deno.writeFileSync(path, whole);
    assert.deepEqual(recordsIn(path), { data: ["one", "", "three"], end: whole.length });
    const twoEnd = 16 + 3 + 16;
    for (let length = twoEnd; length < whole.length; length++) {
      Deno.writeFileSync(path, whole.subarray(0, length));
      assert.deepEqual(recordsIn(path), { data: ["one", ""], end: twoEnd });
    }
    for (let damaged = twoEnd; damaged < whole.length; damaged++) {
      Deno.writeFileSync(path, whole.map((byte, index) => index === damaged ? byte ^ 64 : byte));
      assert.deepEqual(recordsIn(path), { data: ["one", ""], end: twoEnd }, `byte ${damaged}`);
    }
  });
});
