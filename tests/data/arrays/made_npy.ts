/** .npy files for tests: whole sets with a defect, and headers that `encodeNpy` would never write. */
import { join } from "node:path";
import { encodeNpy, type NpyArray } from "../../npy.ts";

/** Returns a file with this header text, laid out as NumPy does it. */
export function npyWithHeader(dict: string, data: Uint8Array, version: 1 | 2 | 3 = 1): Uint8Array {
  const lengthBytes = version === 1 ? 2 : 4;
  const text = new TextEncoder().encode(`${dict}\n`);
  const file = new Uint8Array(8 + lengthBytes + text.length + data.length);
  file.set([0x93, ...new TextEncoder().encode("NUMPY"), version, 0]);
  const view = new DataView(file.buffer);
  if (version === 1) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  file.set(text, 8 + lengthBytes);
  file.set(data, 8 + lengthBytes + text.length);
  return file;
}

export interface SetArrays {
  train_images: NpyArray;
  train_labels: NpyArray;
  test_images: NpyArray;
  test_labels: NpyArray;
}

/** Six training and four validation images of 2×3 pixels in two classes. Every pixel has a different value. */
export function smallArrays(): SetArrays {
  const images = (count: number): NpyArray => ({
    dtype: "uint8",
    shape: [count, 2, 3, 3],
    data: Uint8Array.from({ length: count * 18 }, (_, index) => (index * 7) % 256),
  });
  const labels = (count: number): NpyArray => ({
    dtype: "int64",
    shape: [count],
    data: BigInt64Array.from({ length: count }, (_, index) => BigInt(index % 2)),
  });
  return { train_images: images(6), train_labels: labels(6), test_images: images(4), test_labels: labels(4) };
}

export function writeSet(folder: string, arrays: SetArrays): void {
  for (const [name, array] of Object.entries(arrays)) Deno.writeFileSync(join(folder, `${name}.npy`), encodeNpy(array));
}
