/**
 * Measures how fast a store of a million rows opens and how much memory that takes: `deno run -A
 * tests/features/rows/million_rows.ts`. This is not a test, because the figures depend on the machine. Rows have 8
 * values to save disk space. Opening reads only digests and block hashes, 33 bytes a row, which do not depend on the
 * width.
 */
import { DigestTable } from "../../../src/features/rows/digest_table.ts";
import { RowFinder } from "../../../src/features/rows/row_finder.ts";
import { FULL_SEGMENT_ROWS, RowStore } from "../../../src/features/rows/row_store.ts";
import { MADE_ON, RECIPE } from "../made_rows.ts";

const ROWS = 1_000_000;
const WIDTH = 8;
const AT_ONCE = 256;

/** Returns made-up digests, distributed as evenly as those of a hash but made faster. */
function digests(from: number, to: number): Uint8Array {
  const words = new Uint32Array((to - from) * 8);
  for (let word = 0; word < words.length; word++) {
    let value = Math.imul(from * 8 + word + 1, 0x9e3779b1);
    value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
    words[word] = value ^ (value >>> 16);
  }
  return new Uint8Array(words.buffer);
}

function make(folder: string): void {
  const store = new RowStore(folder, RECIPE);
  for (let from = 0; from < ROWS; from += FULL_SEGMENT_ROWS) {
    const rows = Math.min(ROWS, from + FULL_SEGMENT_ROWS) - from;
    const features = Float32Array.from({ length: rows * WIDTH }, (_, index) => from * WIDTH + index);
    store.write(MADE_ON, digests(from, from + rows), { features, rows, width: WIDTH });
  }
}

function memory(field: "VmRSS" | "VmHWM"): number {
  const kilobytes = new RegExp(`${field}:\\s+(\\d+)`).exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

/** Finds and reads `wanted` of the rows, which are far apart and requested in a different order. */
function use(folder: string, wanted: number): void {
  const table = new DigestTable(wanted);
  for (let place = 0; place < wanted; place++) {
    const row = (place * 7919) % ROWS;
    table.add(digests(row, row + 1).toHex());
  }
  const before = memory("VmRSS");
  let ms = performance.now();
  const finder = new RowFinder(new RowStore(folder, RECIPE), table);
  finder.refresh();
  const openMs = Math.round(performance.now() - ms);
  const opened = memory("VmHWM");
  if (finder.missing().length > 0) throw new Error("rows are missing");
  ms = performance.now();
  const there = finder.present();
  for (let from = 0; from < wanted; from += AT_ONCE) {
    const { positions, features } = finder.read(there.slice(from, from + AT_ONCE));
    if (features[0] !== ((positions[0] ?? NaN) * 7919 % ROWS) * WIDTH) throw new Error("a wrong row");
  }
  const readMs = Math.round(performance.now() - ms);
  console.log(
    `${wanted} of ${ROWS} rows: opened in ${openMs} ms, memory ${before} MB, at most ${opened} MB while opening`,
  );
  console.log(`  read in ${readMs} ms, memory ${memory("VmRSS")} MB`);
}

const [folder, wanted] = Deno.args;
if (folder !== undefined) use(folder, Number(wanted));
else {
  const made = Deno.makeTempDirSync({ prefix: "headlight-rows-" });
  try {
    make(made);
    // Each step runs in its own process to give separate memory figures.
    for (const wanted of [1000, 100_000, ROWS]) {
      const args = ["run", "-A", "--quiet", import.meta.filename ?? "", made, String(wanted)];
      await new Deno.Command(Deno.execPath(), { args, stdout: "inherit", stderr: "inherit" }).output();
    }
  } finally {
    Deno.removeSync(made, { recursive: true });
  }
}
