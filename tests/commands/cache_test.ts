/** Runs `cache` and `cache clear` from the command line. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { tryLock } from "../../src/files/lock.ts";
import { keepSpeed } from "../../src/features/speeds/speed_store.ts";
import { kindNames } from "../../src/features/cache/entries.ts";
import { ROWS_VERSION, RowStore } from "../../src/features/rows/row_store.ts";
import { cacheClear } from "../../src/commands/cache_clear.ts";
import { sealPath } from "../../src/files/sealed_file.ts";
import { usePath } from "../../src/files/use.ts";
import { startScript } from "../files/child.ts";
import { headlight } from "../process.ts";
import { RECIPE, writeRows } from "../features/made_rows.ts";
import { withTemporaryFolder } from "../support.ts";

const HOURS_MS = 7_200_000;

function write(path: string, bytes: number): string {
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeFileSync(path, new Uint8Array(bytes));
  return path;
}

function twoHoursOld(path: string): string {
  const then = new Date(Date.now() - HOURS_MS);
  Deno.utimeSync(path, then, then);
  return path;
}

interface Cache {
  readonly root: string;
  readonly store: RowStore;
  run(...args: string[]): Promise<{ status: number; lines: string[] }>;
}

function withCache(body: (cache: Cache) => Promise<void>): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const root = join(folder, "headlight");
    const store = new RowStore(root, RECIPE);
    writeRows(store, 0, 100);
    await body({
      root,
      store,
      run: async (...args) => {
        const { status, stdout, stderr } = await headlight(["cache", ...args], { env: { XDG_CACHE_HOME: folder } });
        assert.equal(stderr, "");
        return { status, lines: stdout.trimEnd().split("\n") };
      },
    });
  });
}

Deno.test("cache prints the size of each kind, and what other versions left with the command that removes it", async () => {
  await withCache(async ({ root, run }) => {
    write(join(root, "graphs", "a", "saved_model.pb"), 2000);
    write(join(root, "weights", "w.h5"), 3_000_000);
    const before = await run();
    assert.equal(before.status, 0);
    assert.deepEqual(before.lines.map((line) => line.split(/\s{2,}/).slice(0, 3)).slice(0, 6), [
      ["features", "5.12 kB", "now"],
      ["graphs", "2 kB", "now"],
      ["engines", "0 B", "TensorFlow and its addons, OpenVINO, CUDA"],
      ["weights", "3 MB", "now"],
      ["files", "0 B", "hashes of image files that were read"],
      ["speeds", "0 B", "measured speeds of engines"],
    ]);
    write(join(root, "features", "a0", "a0.npy"), 50_000);
    const { lines } = await run();
    assert.match(lines[0] ?? "", /^features +5\.12 kB/);
    assert.match(lines[6] ?? "", /^unusable +50 kB +from other versions; to delete it: deno task cache clear$/);
    assert.equal(lines[7], `3.06 MB in ${root}`);
  });
});

Deno.test("cache clear removes exactly old shards, rows of other versions and leftovers", async () => {
  await withCache(async ({ root, store, run }) => {
    const old = [
      write(join(root, "features", "a0", "a0b1.npy"), 10_000),
      write(join(root, "features", "a0", ".claim"), 0),
      write(join(root, "features", "v6.1", RECIPE, "x.rows"), 20_000),
      twoHoursOld(write(join(store.folder, ".x.rows.123-4.aside"), 500)),
      twoHoursOld(write(join(store.folder, "claims", "123-dead"), 32)),
    ];
    const kept = [
      ...store.names().map((name) => join(store.folder, name)),
      write(join(store.folder, ".y.rows.123-5.aside"), 500),
      write(join(root, "files", "a.json"), 100),
      write(join(root, "weights", "w.h5"), 1000),
      write(join(root, "graphs", "a", "graph.json"), 1000),
      write(join(root, "engines", "2.21.0-a", "stamp.json"), 1000),
      write(join(root, "features", "notes.txt"), 10),
    ];
    const { status, lines: said } = await run("clear");
    assert.deepEqual([status, said[0]], [0, `deleted 30.5 kB from ${root}`]);
    assert.deepEqual(old.filter((path) => existsSync(path)), []);
    assert.deepEqual(kept.filter((path) => !existsSync(path)), []);
    const again = await run("clear");
    assert.deepEqual([again.status, again.lines[0]], [0, "nothing to delete"]);
  });
});

Deno.test("cache clear keeps what a running process of another version writes and says so", async () => {
  await withCache(async ({ root, run }) => {
    const shards = write(join(root, "features", "a0", "a0b1.npy"), 10_000);
    const rows = write(join(root, "features", "v6.1", RECIPE, "x.rows"), 20_000);
    const locks = [
      tryLock(join(root, "features", "a0", ".claim")),
      tryLock(join(root, "features", "v6.1", RECIPE, "claims", "1-living")),
    ];
    const { status, lines } = await run("clear");
    assert.equal(status, 1);
    assert.match(lines[1] ?? "", /^30 kB are in use by a process of another version/);
    assert.ok(existsSync(shards) && existsSync(rows));
    for (const lock of locks) lock?.release();
    assert.equal((await run("clear")).status, 0);
    assert.ok(!existsSync(shards) && !existsSync(rows));
  });
});

Deno.test("on a machine without a cache all sizes are zero, and clear has nothing to remove", async () => {
  await withTemporaryFolder(async (folder) => {
    const env = { XDG_CACHE_HOME: folder };
    const { status, stdout } = await headlight(["cache"], { env });
    assert.equal(status, 0);
    assert.match(stdout, /^features +0 B/);
    assert.equal((await headlight(["cache", "clear"], { env })).stdout, "nothing to delete\n");
    assert.equal(existsSync(join(folder, "headlight")), false);
  });
});

const ABOUT = {
  base: "densenet121",
  weights: "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5",
  size: 160,
  pooling: "max",
  preprocess: "scale",
  precision: "float32",
  engine: "tensorflow 2.21.0 cpu",
};
const DAY_MS = 86_400_000;

/** Sets the last use of an entry, and records what it is. */
function used(entry: string, daysAgo: number, about: object = {}): void {
  const then = new Date(Date.now() - daysAgo * DAY_MS);
  Deno.writeTextFileSync(usePath(entry), JSON.stringify(about));
  for (const path of [entry, usePath(entry)]) Deno.utimeSync(path, then, then);
}

/** Fills a cache with an entry of each kind, the graph being the one that was used last. */
function fill(root: string, store: RowStore): Record<"features" | "graph" | "engine" | "weights", string> {
  const engine = join(root, "engines", "2.21.0-a");
  const graph = join(root, "graphs", "a".repeat(64));
  write(join(graph, "saved_model.pb"), 2000);
  write(join(engine, "libtensorflow.so"), 5_000_000);
  Deno.writeTextFileSync(
    join(engine, "stamp.json"),
    JSON.stringify({ tensorflow: "2.21.0", source: { kind: "wheel" } }),
  );
  const weights = write(join(root, "weights", "random-squeezenet11-0123456789abcdef.h5"), 3000);
  write(sealPath(weights), 100);
  write(`${weights}.lock`, 0);
  used(store.folder, 40, ABOUT);
  used(graph, 0.2, { ...ABOUT, base: "own.keras", weights: "own.keras", precision: "bfloat16" });
  used(engine, 3);
  used(weights, 20);
  return { features: store.folder, graph, engine, weights };
}

Deno.test("cache lists what each entry is, those that were used last first, in 80 columns, and as JSON", async () => {
  await withCache(async ({ root, store, run }) => {
    const { graph, weights } = fill(root, store);
    const { lines } = await run();
    assert.deepEqual(lines.slice(lines.indexOf("") + 1), [
      "KIND         SIZE  LAST USE  CONTENT",
      "graphs       2 kB  4h ago    own.keras own.keras 160 bfloat16",
      "engines      5 MB  3d ago    TensorFlow 2.21.0 (wheel)",
      "weights      3 kB  20d ago   random-squeezenet11-0123456789abcdef.h5",
      "features  5.12 kB  40d ago   densenet121 imagenet 160 float32, 100 images",
    ]);
    assert.ok(lines.every((line) => line.length <= 80 || line.startsWith("5")), lines.join("\n"));
    const user = await startScript("files/use_child.ts", weights, "hold");
    const json = (await run("--json")).lines.map((line): Record<string, unknown> => JSON.parse(line));
    await user.kill();
    assert.deepEqual(json.map(({ kind, in_use }) => [kind, in_use]), [
      ["weights", true],
      ["graphs", false],
      ["engines", false],
      ["features", false],
    ]);
    assert.equal(json[1]?.["path"], graph);
    assert.equal(json[3]?.["images"], 100);
    assert.equal(json[3]?.["precision"], "float32");
    assert.equal(Math.round((Date.now() - Date.parse(String(json[3]?.["last_use"]))) / DAY_MS), 40);
  });
});

/** Puts an unpacked wheel of OpenVINO and a measured speed into a cache. */
function fillWithOpenvino(root: string): { readonly openvino: string; readonly speed: string } {
  const openvino = join(root, "engines", "openvino-2026.4.1-0123456789ab");
  write(join(openvino, "libopenvino.so.2641"), 20_000);
  const stamp = { v: 1001, package: "openvino", version: "2026.4.1", platform: "manylinux_2_28_x86_64" };
  Deno.writeTextFileSync(join(openvino, "stamp.json"), JSON.stringify(stamp));
  used(openvino, 2);
  const engine = { kind: "tensorflow", version: "2.21.0", device: "cpu" } as const;
  keepSpeed(root, { engine, precision: "bfloat16", imagesPerSecond: 100 });
  const [name = ""] = [...Deno.readDirSync(join(root, "speeds"))].map(({ name }) => name);
  return { openvino, speed: join(root, "speeds", name) };
}

Deno.test("cache lists OpenVINO as an engine with its size and last use, and clear frees it", async () => {
  await withCache(async ({ root, run }) => {
    const { openvino } = fillWithOpenvino(root);
    const { lines } = await run();
    assert.match(lines.find((line) => line.endsWith("openvino 2026.4.1 (wheel)")) ?? "", /^engines +20.1 kB +2d ago /);
    const json = (await run("--json")).lines.map((line): Record<string, unknown> => JSON.parse(line));
    const entry = json.find(({ path }) => path === openvino);
    assert.deepEqual([entry?.["engine"], entry?.["version"], entry?.["in_use"]], ["openvino", "2026.4.1", false]);
    const user = await startScript("files/use_child.ts", openvino, "hold");
    assert.equal((await run("clear", "--all", "--yes")).status, 1);
    assert.ok(existsSync(openvino));
    await user.kill();
    assert.equal((await run("clear", "--all", "--yes")).status, 0);
    assert.equal(existsSync(openvino), false);
  });
});

Deno.test("cache counts measured speeds, lists them as JSON only, and clear deletes them by name", async () => {
  await withCache(async ({ root, run }) => {
    const { speed } = fillWithOpenvino(root);
    const { lines } = await run();
    assert.match(
      lines.find((line) => line.startsWith("speeds")) ?? "",
      /^speeds +\d+ B +now +measured speeds of engines$/,
    );
    assert.equal(lines.filter((line) => line.startsWith("speeds")).length, 1);
    const json = (await run("--json")).lines.map((line): Record<string, unknown> => JSON.parse(line));
    const entry = json.find(({ kind }) => kind === "speeds");
    assert.deepEqual([entry?.["engine"], entry?.["precision"], entry?.["images_per_second"]], [
      "tensorflow 2.21.0 cpu",
      "bfloat16",
      100,
    ]);
    const cleared = (await run("clear", "--all", "--yes")).lines;
    assert.ok(
      cleared.some((line) =>
        /^deleted speeds +\d+ B +tensorflow 2\.21\.0 cpu bfloat16, squeezenet11 at 160$/.test(line)
      ),
    );
    assert.equal(existsSync(speed), false);
  });
});

Deno.test("cache clear --older deletes what was not used for that long, and names it", async () => {
  await withCache(async ({ root, store, run }) => {
    const { features, graph, engine, weights } = fill(root, store);
    const { status, lines } = await run("clear", "--older", "2w", "--yes");
    assert.equal(status, 0);
    assert.deepEqual(lines, [
      "deleted weights  3 kB  random-squeezenet11-0123456789abcdef.h5",
      "deleted features  5.12 kB  densenet121 imagenet 160 float32, 100 images",
      `deleted 8.12 kB from ${root}`,
    ]);
    assert.deepEqual([features, graph, engine, weights, sealPath(weights)].map((path) => existsSync(path)), [
      false,
      true,
      true,
      false,
      false,
    ]);
    assert.deepEqual((await run("clear", "--older", "2w", "--yes")).lines, ["nothing to delete"]);
  });
});

Deno.test("cache clear --all keeps what processes use, make or write, deletes the rest, and exits with 1", async () => {
  await withCache(async ({ root, store, run }) => {
    const { features, graph, engine, weights } = fill(root, store);
    const published = write(join(root, "weights", "mobilenet_notop.h5"), 4000);
    write(sealPath(published), 105);
    const user = await startScript("files/use_child.ts", graph, "hold");
    const locks = [
      tryLock(`${weights}.lock`),
      tryLock(join(root, "engines", ".lock")),
      // A process of a version that records no use.
      tryLock(join(features, "claims", "1-living")),
    ];
    const { status, lines } = await run("clear", "--all", "--yes");
    assert.equal(status, 1);
    assert.equal(lines.filter((line) => line.startsWith("kept, in use: ")).length, 4);
    assert.match(lines.at(-1) ?? "", /^5\.01 MB are in use by running processes/);
    for (const path of [features, graph, engine, weights, sealPath(weights)]) assert.ok(existsSync(path), path);
    assert.ok(!existsSync(published));
    assert.ok(existsSync(sealPath(published)), "the hash of the first download is kept");
    await user.kill();
    for (const lock of locks) lock?.release();
    assert.equal((await run("clear", "--all", "--yes")).status, 0);
    for (const path of [features, graph, engine, weights]) assert.ok(!existsSync(path), path);
  });
});

Deno.test("cache clear --all keeps features that a process of another host computes, until its claim is an hour old", async () => {
  await withCache(async ({ root, store, run }) => {
    const { features } = fill(root, store);
    const claim = write(join(features, "claims", "node-9.cluster.123-0a1b2c3d"), 32);
    assert.equal((await run("clear", "--all", "--yes")).status, 1);
    assert.ok(existsSync(features));
    twoHoursOld(claim);
    assert.equal((await run("clear", "--all", "--yes")).status, 0);
    assert.ok(!existsSync(features));
  });
});

Deno.test("cache clear asks before it deletes what this version can use, and needs a terminal or --yes for it", async () => {
  await withCache(async ({ root, store }) => {
    const { graph } = fill(root, store);
    const env = { XDG_CACHE_HOME: dirname(root) };
    const refused = await headlight(["cache", "clear", "--all"], { env });
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /needs a terminal to ask for confirmation\. Add --yes/);
    assert.ok(existsSync(graph));
    const wrong = [
      [
        ["--older", "30"],
        /^headlight: --older 30: must be a whole number of hours, days or weeks, such as 12h, 30d or 2w\.?\n$/,
      ],
      [["--older", "1d", "--all"], /--older and --all cannot be combined/],
    ] as const;
    for (const [args, message] of wrong) {
      const { status, stderr } = await headlight(["cache", "clear", ...args], { env });
      assert.equal(status, 2);
      assert.match(stderr, message);
    }
    const json = await headlight(["cache", "--json", "clear"], { env });
    assert.match(json.stderr, /--json cannot be combined with cache clear/);
  });
});

Deno.test("any answer but yes deletes nothing", async () => {
  await withTemporaryFolder((folder) => {
    const root = join(folder, "headlight");
    const store = new RowStore(root, RECIPE);
    writeRows(store, 0, 100);
    const { graph } = fill(root, store);
    const before = Deno.env.get("XDG_CACHE_HOME");
    Deno.env.set("XDG_CACHE_HOME", dirname(root));
    try {
      const said: string[] = [];
      const asked: string[] = [];
      const answering = (answer: string | null) => ({
        output: (line: string) => void said.push(line),
        width: 80,
        ask: (question: string) => (asked.push(question), answer),
      });
      for (const answer of [null, "", "n", "yess"]) {
        assert.equal(cacheClear({ all: true, yes: false }, answering(answer)), 0);
        assert.equal(said.at(-1), "nothing was deleted");
      }
      assert.ok(existsSync(graph));
      assert.equal(asked[0], "Delete these 4 entries (5.01 MB)? y/N");
      assert.equal(cacheClear({ all: true, yes: false }, answering("y")), 0);
      assert.ok(!existsSync(graph));
    } finally {
      if (before === undefined) Deno.env.delete("XDG_CACHE_HOME");
      else Deno.env.set("XDG_CACHE_HOME", before);
    }
  });
});

/** Returns the folder of the entries of each kind. */
function entryFolders(root: string): string[] {
  return kindNames().map((kind) => kind === "features" ? join(root, kind, ROWS_VERSION) : join(root, kind));
}

Deno.test("cache clear deletes what a killed one left of an entry of any kind, and cache counts it once", async () => {
  await withCache(async ({ root, run }) => {
    const left = entryFolders(root).map((folder) =>
      dirname(write(join(folder, ".freed-a.1-0.aside", "a.bin"), 700_000))
    );
    const { lines } = await run();
    assert.deepEqual(lines.slice(0, 6).map((line) => line.split(/\s{2,}/)[1]), ["5.12 kB", ...Array(5).fill("0 B")]);
    assert.match(
      lines[6] ?? "",
      /^unusable +4\.2 MB +.*left by killed processes; to delete it: deno task cache clear$/,
    );
    assert.equal(lines[7], `4.21 MB in ${root}`);
    assert.equal((await run("clear")).lines[0], `deleted 4.2 MB from ${root}`);
    assert.deepEqual(left.filter((path) => existsSync(path)), []);
  });
});

Deno.test("cache clear deletes what a killed process wrote an hour ago of an entry of any kind, not what is recent", async () => {
  await withCache(async ({ root, store, run }) => {
    // A set-up of an engine has temporary folders of its own.
    const folders = [store.folder, ...["graphs", "weights", "files", "speeds"].map((kind) => join(root, kind))];
    const asides = (number: number) =>
      folders.map((folder) => write(join(folder, `.a.123-${number}.aside`), 500))
        .concat(dirname(write(join(root, "graphs", `.b.123-${number}.aside`, "saved_model.pb"), 500)));
    const old = asides(4).map(twoHoursOld);
    const recent = asides(5);
    assert.equal((await run("clear")).lines[0], `deleted 3 kB from ${root}`);
    assert.deepEqual(old.filter((path) => existsSync(path)), []);
    assert.deepEqual(recent.filter((path) => !existsSync(path)), []);
  });
});

/** Puts what killed set-ups leave beside the engines: downloads, and a folder that was not completed. */
function leaveDownloads(root: string): { readonly wheels: string[]; readonly unfinished: string } {
  const engines = join(root, "engines");
  const hash = "0123456789abcdef".repeat(4);
  const wheels = [
    write(join(engines, `${hash}.whl`), 2_000_000),
    write(join(engines, `large-${hash}.whl.part`), 1_000_000),
    write(join(engines, `nvidia-cudnn-cu12-${hash}.whl.part`), 500_000),
  ];
  return { wheels, unfinished: dirname(write(join(engines, ".0a1b2c.aside", "libtensorflow_cc.so.2"), 400_000)) };
}

Deno.test("cache shows the downloads and the folders that killed set-ups of engines left", async () => {
  await withCache(async ({ root, run }) => {
    const { wheels } = leaveDownloads(root);
    const { lines } = await run();
    assert.match(lines[2] ?? "", /^engines +3\.5 MB +now /);
    assert.match(lines[6] ?? "", /^unusable +400 kB .* left by killed processes; to delete it: deno task cache clear$/);
    assert.equal(lines[7], `3.91 MB in ${root}`);
    const contents = lines.filter((line) => /^engines .* (?:wheel|download) /.test(line)).map((line) =>
      line.split(/ {2,}/)[3]
    );
    assert.deepEqual(contents.sort(), [
      "downloaded wheel 0123456789ab.whl",
      "incomplete download large-0123456789ab.whl.part",
      "incomplete download nvidia-cudnn-cu12-0123456789ab.whl.part",
    ]);
    const json = (await run("--json")).lines.map((line): Record<string, unknown> => JSON.parse(line));
    const told = json.filter(({ kind }) => kind === "engines");
    assert.deepEqual(told.map(({ path }) => path).sort(), [...wheels].sort());
    assert.ok(told.every(({ in_use }) => in_use === false));
  });
});

Deno.test("cache clear deletes the folder that a killed set-up left, and with --all its downloads", async () => {
  await withCache(async ({ root, run }) => {
    const { wheels, unfinished } = leaveDownloads(root);
    const { lines: said } = await run("clear");
    assert.equal(said[0], `deleted 400 kB from ${root}`);
    assert.match(said[1] ?? "", /^3\.51 MB that this version can use were kept\./);
    assert.ok(!existsSync(unfinished));
    assert.deepEqual(wheels.filter((path) => !existsSync(path)), []);
    const { status, lines } = await run("clear", "--all", "--yes");
    assert.equal(status, 0);
    assert.equal(lines.at(-1), `deleted 3.51 MB from ${root}`);
    assert.deepEqual(wheels.filter((path) => existsSync(path)), []);
    assert.deepEqual([...Deno.readDirSync(join(root, "engines"))].map(({ name }) => name), [".lock"]);
  });
});

Deno.test("cache clear --all keeps the downloads and the folder of a set-up that is running", async () => {
  await withCache(async ({ root, run }) => {
    const { wheels, unfinished } = leaveDownloads(root);
    const setUp = tryLock(join(root, "engines", ".lock"));
    const json = (await run("--json")).lines.map((line): Record<string, unknown> => JSON.parse(line));
    assert.ok(json.filter(({ kind }) => kind === "engines").every(({ in_use }) => in_use === true));
    assert.doesNotMatch((await run()).lines.join("\n"), /^unusable/m);
    const { status, lines } = await run("clear", "--all", "--yes");
    assert.equal(status, 1);
    assert.match(lines.at(-1) ?? "", /^3\.5 MB are in use by running processes\./);
    assert.deepEqual([...wheels, unfinished].filter((path) => !existsSync(path)), []);
    setUp?.release();
    assert.equal((await run("clear", "--all", "--yes")).status, 0);
    assert.deepEqual([...wheels, unfinished].filter((path) => existsSync(path)), []);
  });
});

Deno.test("cache clear --all keeps the incomplete download of weights while a process downloads them", async () => {
  await withCache(async ({ root, run }) => {
    const part = write(join(root, "weights", "mobilenet_notop.h5.part"), 4000);
    const download = tryLock(join(root, "weights", "mobilenet_notop.h5.lock"));
    assert.equal((await run("clear", "--all", "--yes")).status, 1);
    assert.ok(existsSync(part));
    download?.release();
    assert.equal((await run("clear", "--all", "--yes")).status, 0);
    assert.ok(!existsSync(part));
  });
});

Deno.test("cache clear says how much could be freed, and with which option", async () => {
  await withCache(async ({ root, store, run }) => {
    fill(root, store);
    const { status, lines } = await run("clear");
    assert.equal(status, 0);
    assert.deepEqual(lines, [
      "nothing to delete",
      "5.01 MB that this version can use were kept. To free them too: deno task cache clear --all",
      "To free only what was not used for 30 days: deno task cache clear --older 30d",
    ]);
    assert.deepEqual((await run("clear", "--older", "50d", "--yes")).lines, ["nothing to delete"]);
  });
});

Deno.test("two graphs of the same base say in what they differ", async () => {
  await withCache(async ({ root, run }) => {
    const graphs = ["a", "b", "c"].map((letter) => join(root, "graphs", letter.repeat(64)));
    graphs.forEach((graph) => write(join(graph, "saved_model.pb"), 2000));
    const engines = ["2.21.0 cpu", "2.21.0 cpu", "2.20.0 cpu"];
    graphs.forEach((graph, index) =>
      used(graph, index, { ...ABOUT, preprocess: index === 0 ? "scale" : "imagenet", engine: engines[index] })
    );
    const shown = (await run()).lines.filter((line) => /^graphs .*float32/.test(line));
    const contents = shown.map((line) => line.slice(line.indexOf("densenet121")));
    assert.equal(new Set(contents).size, 3, contents.join("\n"));
    assert.ok(
      contents.some((text) => text === "densenet121 imagenet 160 float32 (imagenet 2.20.0 cpu)"),
      contents.join(),
    );
  });
});

Deno.test("bad input: a file in the place of the cache is reported in one line by cache and cache clear, exit status 2", async () => {
  await withTemporaryFolder(async (folder) => {
    const file = write(join(folder, "file"), 1);
    for (const args of [["cache"], ["cache", "--json"], ["cache", "clear"]]) {
      const { status, stdout, stderr } = await headlight(args, { env: { XDG_CACHE_HOME: file } });
      assert.deepEqual([status, stdout], [2, ""]);
      assert.equal(
        stderr,
        `headlight: The cache cannot be in ${file}/headlight, because ${file} is a file. Remove the file, or name a ` +
          "folder in XDG_CACHE_HOME.\n",
      );
    }
  });
});
