/** Folders of very many very small image files, no two of which are equal. */
import { join } from "node:path";

const CLASSES = 10;
const SIDE = 8;
const HEADER_BYTES = 54;

/** Writes this number of BMP files of 8×8 into a folder with ten classes. A million take 4 GB of disk, a block each. */
export function writePictures(folder: string, count: number): void {
  const bytes = new Uint8Array(HEADER_BYTES + SIDE * SIDE * 3);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("BM"));
  const header = [[2, bytes.length], [10, HEADER_BYTES], [14, 40], [18, SIDE], [22, SIDE]] as const;
  for (const [at, value] of header) view.setUint32(at, value, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let label = 0; label < CLASSES; label++) Deno.mkdirSync(join(folder, `class_${label}`), { recursive: true });
  for (let picture = 0; picture < count; picture++) {
    for (let at = HEADER_BYTES; at + 4 <= bytes.length; at += 4) {
      view.setUint32(at, Math.imul(picture * SIDE * SIDE + at, 0x9e3779b1) >>> 0, true);
    }
    // Its number makes it different from all others.
    view.setUint32(HEADER_BYTES, picture, true);
    const name = `picture_${String(picture).padStart(7, "0")}.bmp`;
    Deno.writeFileSync(join(folder, `class_${picture % CLASSES}`, name), bytes);
  }
}
