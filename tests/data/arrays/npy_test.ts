import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeNpy, type NpyArray, readNpy } from "../../npy.ts";
import { readNpyHeader, readNpyRange } from "../../../src/data/arrays/npy.ts";
import { HeadlightError } from "../../../src/errors.ts";
import { makePipe } from "../../damage.ts";
import { needs, withTemporaryFolder } from "../../support.ts";
import { npyWithHeader } from "./made_npy.ts";

/** Returns the array read from a file of these bytes. */
function throughFile(bytes: Uint8Array): NpyArray {
  const path = Deno.makeTempFileSync({ suffix: ".npy" });
  try {
    Deno.writeFileSync(path, bytes);
    return readNpy(path);
  } finally {
    Deno.removeSync(path);
  }
}

const dataOf = (bytes: Uint8Array) => throughFile(bytes).data;

const arrays: readonly NpyArray[] = [
  { dtype: "uint8", shape: [2, 3], data: Uint8Array.of(0, 1, 2, 253, 254, 255) },
  { dtype: "int32", shape: [3], data: Int32Array.of(-2_147_483_648, 0, 2_147_483_647) },
  { dtype: "int64", shape: [2, 1], data: BigInt64Array.of(-1n, 9_007_199_254_740_993n) },
  { dtype: "float32", shape: [1, 2, 1], data: Float32Array.of(0.1, NaN) },
  { dtype: "float64", shape: [2], data: Float64Array.of(0.1, -Infinity) },
  { dtype: "float32", shape: [0, 1024], data: new Float32Array(0) },
  { dtype: "float64", shape: [], data: Float64Array.of(7) },
];

for (const array of arrays) {
  Deno.test(`${array.dtype} of shape (${array.shape.join(", ")}) is read as it was written`, async () => {
    const bytes = encodeNpy(array);
    assert.equal((bytes.length - array.data.byteLength) % 64, 0, "the data is aligned as NumPy aligns it");
    await withTemporaryFolder((folder) => {
      Deno.writeFileSync(join(folder, "array.npy"), bytes);
      assert.deepEqual(readNpy(join(folder, "array.npy")), array);
    });
  });
}

Deno.test("an array that begins anywhere in its buffer is written and read", () => {
  const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
  const bytes = encodeNpy({ dtype: "float32", shape: [2], data });
  assert.deepEqual(dataOf(bytes), Float32Array.of(1, 2));
});

Deno.test("a range can be read by itself", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "array.npy");
    Deno.writeFileSync(path, encodeNpy({ dtype: "int32", shape: [4], data: Int32Array.of(10, 11, 12, 13) }));
    assert.deepEqual(readNpyRange(readNpyHeader(path), 1, 3), Int32Array.of(11, 12));
  });
});

Deno.test("data, dtype and shape that do not match are not written", () => {
  assert.throws(() => encodeNpy({ dtype: "uint8", shape: [3], data: new Uint8Array(2) }), RangeError);
  assert.throws(() => encodeNpy({ dtype: "uint8", shape: [1], data: new Float32Array(1) }), RangeError);
});

for (const version of [1, 2, 3] as const) {
  Deno.test(`header version ${version} is read`, () => {
    const dict = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
    assert.deepEqual(dataOf(npyWithHeader(dict, Uint8Array.of(5, 6), version)), Uint8Array.of(5, 6));
  });
}

Deno.test("Python 2's long integers in a shape are read", () => {
  const dict = "{'descr': '|u1', 'fortran_order': False, 'shape': (1L, 2L), }";
  assert.deepEqual(throughFile(npyWithHeader(dict, Uint8Array.of(5, 6))).shape, [1, 2]);
});

const header = (descr: string, shape = "(2,)", order = "False") =>
  npyWithHeader(`{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`, new Uint8Array(64));

/** Creates a sparse file of this many bytes, which takes no space on the disk. */
function sparse(path: string, start: Uint8Array, size: number): void {
  Deno.writeFileSync(path, start);
  Deno.truncateSync(path, size);
}

/** Runs `act` and returns by how many bytes the process has grown. */
function growth(act: () => void): number {
  const before = Deno.memoryUsage().rss;
  act();
  return Deno.memoryUsage().rss - before;
}

Deno.test("a header of 4 GB or a shape of 8 TB is refused before memory is allocated for it", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "train_images.npy");
    const preamble = npyWithHeader("", new Uint8Array(2), 2).slice(0, 12);
    new DataView(preamble.buffer).setUint32(8, 0xffff_fff0, true);
    sparse(path, preamble, 0x1_0000_1000);
    const grown = growth(() => assert.throws(() => readNpyHeader(path), /has a header of 4294967280 bytes/));
    Deno.writeFileSync(path, header("'<f8'", "(1000000000000,)"));
    const more = growth(() =>
      assert.throws(() => readNpyHeader(path), /truncated: 8000000000080 bytes expected, 144 found/)
    );
    assert.ok(grown + more < 64e6, `${grown} and ${more} bytes`);
  });
});

Deno.test("a named pipe in place of a .npy file is refused at once", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "array.npy");
    makePipe(path);
    assert.throws(() => readNpyHeader(path), /array\.npy is not a regular file\. Replace it with a \.npy file$/);
  });
});

const good = encodeNpy({ dtype: "int32", shape: [2], data: Int32Array.of(1, 2) });

for (
  const [what, bytes, line] of [
    ["an empty file", new Uint8Array(0), /is not a \.npy file\. Save the array with numpy\.save/],
    ["a text", new TextEncoder().encode("0 day bed\n1 dishrag\n"), /is not a \.npy file/],
    ["a file of a later version", Uint8Array.of(...good.subarray(0, 6), 4, ...good.subarray(7)), /\.npy version 4/],
    ["a file cut in its header", good.subarray(0, 40), /truncated: 128 bytes expected, 40 found/],
    ["a file cut in its data", good.subarray(0, -1), /truncated: 136 bytes expected, 135 found/],
    [
      "a byte after the array",
      Uint8Array.of(...good, 0),
      /has 1 byte after its array of shape \(2\): .*second array\. .* save it again with numpy\.save/,
    ],
    [
      "a second array in the file",
      Uint8Array.of(...good, ...good),
      /has 136 bytes after its array of shape \(2\): .*second array/,
    ],
    [
      "a header longer than 64 KB",
      npyWithHeader(" ".repeat(65_535), new Uint8Array(2), 2),
      /has a header of 65536 bytes, more than the limit of 65535\. Save the array again with numpy\.save/,
    ],
    ["Fortran order", header("'<f4'", "(2, 2)", "True"), /Fortran order\. Save it with numpy\.ascontiguousarray/],
    ["big-endian numbers", header("'>f4'"), /big-endian \(>f4\)\. Save it with array\.astype/],
    ["bool", header("'|b1'"), /holds bool; the supported types are .*\. Convert it with array\.astype/],
    ["float16", header("'<f2'"), /holds float16; /],
    ["uint16", header("'<u2'"), /holds uint16; /],
    ["complex", header("'<c8'"), /holds complex64; /],
    ["objects", header("'|O'"), /holds Python objects; /],
    ["text elements", header("'<U10'"), /holds text \(<U10\); /],
    ["bytes as text", header("'|S3'"), /holds text \(\|S3\); /],
    ["records", header("[('a', '<f4')]"), /holds a structured type; /],
    ["a header without a shape", npyWithHeader("{'descr': '|u1'}", new Uint8Array(2)), /header that cannot be read/],
    ["an absurd shape", header("'|u1'", "(9999999999, 9999999999)"), /header that cannot be read/],
  ] as const
) {
  Deno.test(`${what} is refused in one line that names the file`, async () => {
    await withTemporaryFolder((folder) => {
      const path = join(folder, "train_images.npy");
      Deno.writeFileSync(path, bytes);
      const refused = (where: string) => (error: unknown) => {
        assert.ok(error instanceof HeadlightError, String(error));
        assert.match(error.message, line);
        assert.ok(error.message.startsWith(where) && !error.message.includes("\n"), error.message);
        assert.equal(error.exitStatus, 2);
        return true;
      };
      assert.throws(() => readNpyHeader(path), refused(path));
    });
  });
}

Deno.test("a file that is missing or that became shorter is named", async () => {
  await withTemporaryFolder((folder) => {
    const path = join(folder, "array.npy");
    assert.throws(() => readNpyHeader(path), /array\.npy does not exist/);
    Deno.writeFileSync(path, good);
    const file = readNpyHeader(path);
    Deno.truncateSync(path, good.length - 4);
    assert.throws(() => readNpyRange(file, 0, 2), /array\.npy is truncated: 136 bytes expected, 132 found/);
  });
});

/** Returns whether this user cannot open a file without permissions. Root can. */
const permissionsHold = Deno.uid() !== 0;

for (
  const [what, make, line, ignore] of [
    ["a folder", (path: string) => Deno.mkdirSync(path), /is a folder\. Replace it with a \.npy file$/, false],
    [
      "a link that leads to itself",
      (path: string) => Deno.symlinkSync("array.npy", path),
      /array\.npy cannot be read \(.*\)\. Replace it with a readable \.npy file$/,
      false,
    ],
    [
      "a file without read permission",
      (path: string) => Deno.writeFileSync(path, good, { mode: 0 }),
      /array\.npy cannot be read for lack of permission\. Run chmod u\+r on it$/,
      !permissionsHold,
    ],
  ] as const
) {
  Deno.test({
    name: `${what} in place of a .npy file is refused in one line that names it, exit status 2${
      ignore ? needs("a user other than root") : ""
    }`,
    ignore,
    fn: async () => {
      await withTemporaryFolder((folder) => {
        const path = join(folder, "array.npy");
        make(path);
        assert.throws(() => readNpyHeader(path), (error) => {
          assert.ok(error instanceof HeadlightError, String(error));
          assert.match(error.message, line);
          assert.ok(error.message.startsWith(path) && !error.message.includes("\n"), error.message);
          return error.exitStatus === 2;
        });
      });
    },
  });
}

Deno.test("files that NumPy wrote are read", () => {
  const files: Record<string, string> = JSON.parse(
    Deno.readTextFileSync(new URL("../../fixtures/numpy_files.json", import.meta.url)),
  );
  assert.deepEqual(Object.keys(files), ["uint8", "int32", "int64", "float32", "float64"]);
  for (const [name, base64] of Object.entries(files)) {
    const { dtype, shape, data } = throughFile(Uint8Array.fromBase64(base64));
    assert.deepEqual([dtype, shape], [name, [2, 3, 4]]);
    const half = name.startsWith("float") ? 0.5 : 0;
    assert.deepEqual(Array.from(data, Number), Array.from({ length: 24 }, (_, index) => index + half));
  }
});
