/** Fetching the large test data, from stand-ins on this machine. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { openNpyFolder } from "../../src/data/arrays/npy_folder.ts";
import { fileHash } from "../../src/files/hash.ts";
import { needs, shared, sharedTest, withTemporaryFolder } from "../support.ts";
import { makeArrays } from "./arrays.ts";
import { fetchTestData } from "./fetch.ts";
import { type StandIns, withStandIns } from "./made_up.ts";
import { hasTestData } from "./place.ts";
import { GROCERY10_PLACE, PUBLISHED_TEST_DATA, type TestDataSources } from "./sources.ts";

const pip = await new Deno.Command("python3", { args: ["-m", "pip", "--version"], stderr: "null", stdout: "null" })
  .output().catch(() => ({ success: false }));

interface Fetching extends StandIns {
  readonly data: string;
  /** Fetches into `data`, and returns the problems and what the server was asked for. */
  fetch(): Promise<{ problems: string[]; requests: string[] }>;
}

function fetchingTest(name: string, body: (fetching: Fetching) => Promise<void>): void {
  const fn = () =>
    withTemporaryFolder((folder) =>
      withStandIns(folder, async (standIns) => {
        const data = join(folder, "test-data");
        const fetch = async () => {
          standIns.requests.length = 0;
          const problems = await fetchTestData(data, standIns.sources, {
            python: standIns.python,
            onProgress() {},
          });
          return { problems, requests: [...standIns.requests].sort() };
        };
        await body({ ...standIns, data, fetch });
      })
    );
  Deno.test({ name: pip.success ? name : name + needs("python3 with pip"), ignore: !pip.success, fn });
}

/** Returns the files that have another SHA-256 than the pinned one. */
async function wrongFiles(folder: string, { weights, model, photographs }: TestDataSources): Promise<string[]> {
  const files = [
    ...[weights, model].map(({ place, sha256 }) => [place, sha256] as const),
    ...photographs.list.map(({ place, sha256 }) => [join(GROCERY10_PLACE, place), sha256] as const),
    ...Object.entries(photographs.arrays).map(([name, sha256]) => [join(GROCERY10_PLACE, name), sha256] as const),
  ];
  const wrong: string[] = [];
  for (const [place, sha256] of files) if (await fileHash(join(folder, place), "sha256") !== sha256) wrong.push(place);
  return wrong;
}

fetchingTest(
  "everything is fetched into one folder, each file with its pinned SHA-256",
  async ({ data, sources, fetch }) => {
    assert.deepEqual((await fetch()).problems, []);
    assert.deepEqual(await wrongFiles(data, sources), []);
    assert.ok(hasTestData(data));
    const set = openNpyFolder(join(data, GROCERY10_PLACE));
    assert.deepEqual([set.classes, set.train.count, set.validation.count], [["Milk", "Pear"], 2, 2]);
    assert.deepEqual([...set.train.labels], [1, 0]);
  },
);

fetchingTest(
  "a fetch goes on where an earlier one ended: only what is missing is requested",
  async ({ data, sources, failing, files, fetch }) => {
    const [first, second, third, fourth] = sources.photographs.list.map(({ source }) => source);
    assert.ok(first && second && third && fourth);
    failing.add(third);
    const half = Math.floor((files.get(third)?.length ?? 0) / 2);
    const { problems } = await fetch();
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /^the photographs could not be fetched: Kaiser_002\.jpg: .* answered 503 for http/);
    assert.ok(!hasTestData(data), "incomplete data does not count");
    failing.clear();
    const part = join(data, GROCERY10_PLACE, "images", "test", "Pear", "Kaiser_002.jpg.part");
    Deno.writeFileSync(part, files.get(third)?.subarray(0, half) ?? new Uint8Array());
    const { requests, problems: none } = await fetch();
    assert.deepEqual([none, requests], [[], [`${third} bytes=${half}-`]]);
    assert.deepEqual(await wrongFiles(data, sources), []);
    assert.ok(hasTestData(data));
    assert.deepEqual((await fetch()).requests, [], "complete data needs no network");
  },
);

fetchingTest(
  "a file with another SHA-256 is refused by name, and the other parts are fetched",
  async ({ data, files, fetch }) => {
    files.set("weights.h5", files.get("weights.h5")?.map((byte) => byte ^ 1) ?? new Uint8Array());
    const { problems } = await fetch();
    assert.equal(problems.length, 1);
    assert.match(
      problems[0] ?? "",
      /^SqueezeNet's weights could not be fetched: weights\.h5 from .* is not the expected file: sha256 /,
    );
    assert.ok(!hasTestData(data));
    assert.equal(openNpyFolder(join(data, GROCERY10_PLACE)).train.count, 2);
  },
);

fetchingTest("a package without the pinned file is refused", async ({ data, sources, python }) => {
  const model = { ...sources.model, sha256: "0".repeat(64) };
  const problems = await fetchTestData(data, { ...sources, model }, { python, onProgress() {} });
  assert.equal(problems.length, 1);
  assert.match(
    problems[0] ?? "",
    /^MobileNetV2's weights could not be fetched: made_up\/models\/model\.h5 of made-up 0\.1\.0 /,
  );
  assert.deepEqual([...Deno.readDirSync(join(data, "weights"))].map(({ name }) => name), ["weights.h5"]);
});

fetchingTest(
  "a damaged file of complete data is fetched again, and the arrays are made again",
  async ({ data, sources, fetch }) => {
    await fetch();
    const [photograph] = sources.photographs.list;
    assert.ok(photograph);
    Deno.writeTextFileSync(join(data, GROCERY10_PLACE, photograph.place), "damaged");
    Deno.writeTextFileSync(join(data, GROCERY10_PLACE, "test_images.npy"), "damaged");
    assert.deepEqual(await fetch(), { problems: [], requests: [photograph.source] });
    assert.deepEqual(await wrongFiles(data, sources), []);
  },
);

Deno.test("the published test data has 865 + 300 photographs of ten classes, no two at one place", () => {
  const { list } = PUBLISHED_TEST_DATA.photographs;
  const of = (split: string) => list.filter((photograph) => photograph.split === split).length;
  assert.deepEqual([of("train"), of("test")], [865, 300]);
  assert.equal(new Set(list.map(({ className }) => className)).size, 10);
  assert.equal(new Set(list.map(({ place }) => place)).size, list.length);
});

Deno.test(sharedTest("each file of the shared test data has its pinned SHA-256", async () => {
  assert.deepEqual(await wrongFiles(shared(), PUBLISHED_TEST_DATA), []);
}));

Deno.test(sharedTest(
  "grocery10's test arrays are made from its photographs, byte for byte as Pillow and NumPy did it",
  async () => {
    const { list, arrays } = PUBLISHED_TEST_DATA.photographs;
    const photographs = list.filter(({ split }) => split === "test");
    const made = await makeArrays(shared(GROCERY10_PLACE), photographs, () => {});
    for (const name of ["test_images.npy", "test_labels.npy"]) {
      const content = made.get(name) ?? assert.fail(name);
      assert.equal(createHash("sha256").update(content).digest("hex"), arrays[name], name);
    }
  },
));
