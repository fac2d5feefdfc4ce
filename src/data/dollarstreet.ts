/** Finds and downloads Dollar Street 10, the lesson's data set. */
import { join } from "node:path";
import { z } from "zod";
import type { OnSetupProgress } from "../engine/engine.ts";
import { HeadlightError } from "../errors.ts";
import { download } from "../files/download.ts";
import { fileHash } from "../files/hash.ts";
import { waitForLock } from "../files/lock.ts";
import { type Patience, request } from "../files/request.ts";
import { explainSystemError } from "../files/system_error.ts";
import { PROJECT_ROOT } from "../paths.ts";
import { NPY_FILES } from "./arrays/npy_folder.ts";

/** The folder in which the data set is looked for and to which it is downloaded. */
export const DOLLAR_STREET_FOLDER = join(PROJECT_ROOT, "data", "dataset_dollarstreet");
/** The published record in Zenodo's API. Its web page is https://zenodo.org/records/10970014. */
const RECORD_URL = "https://zenodo.org/api/records/10970014";
/** The maximum size of the record. It has a few kilobytes; a larger response is something else. */
const LARGEST_RECORD_BYTES = 1 << 20;

/** The fields of a Zenodo record that are used: https://developers.zenodo.org/#records. */
const recordSchema = z.object({
  files: z.array(z.object({
    key: z.string(),
    size: z.int().min(1),
    checksum: z.string().regex(/^md5:[0-9a-f]{32}$/),
    links: z.object({ self: z.url({ protocol: /^https?$/ }) }),
  })),
});
type RecordFile = z.infer<typeof recordSchema>["files"][number];

/** Returns the data set's folder, or null if one of the four files is missing. */
export function dollarstreetFolder(folder: string = DOLLAR_STREET_FOLDER): string | null {
  return NPY_FILES.every((name) => isThere(join(folder, name))) ? folder : null;
}

export interface DollarstreetOptions extends Patience {
  readonly folder?: string | undefined;
  readonly recordUrl?: string | undefined;
  readonly onProgress?: OnSetupProgress | undefined;
}

/**
 * Downloads the files that are missing and verifies the MD5 of every file. A file gets its name only when it is
 * complete and verified. Interrupted downloads are resumed. If another process is downloading, waits for it.
 *
 * @returns the folder
 * @throws HeadlightError (1) if the server cannot be reached, the record has an unexpected form, a file is not the
 * published one, or the disk is full
 */
export async function downloadDollarstreet(options: DollarstreetOptions = {}): Promise<string> {
  const { folder = DOLLAR_STREET_FOLDER } = options;
  try {
    await downloadMissing(folder, options);
    return folder;
  } catch (error) {
    throw explainSystemError(error, `writing to ${folder}`);
  }
}

async function downloadMissing(folder: string, options: DollarstreetOptions): Promise<void> {
  const { recordUrl = RECORD_URL, onProgress = () => {} } = options;
  const label = "downloading Dollar Street 10";
  const lock = await waitForLock(
    join(folder, ".download.lock"),
    () => onProgress({ label: `${label} (waiting for another run)`, done: 0, total: 0, unit: "bytes" }),
  );
  try {
    if (dollarstreetFolder(folder)) return;
    onProgress({ label, done: 0, total: 0, unit: "bytes" });
    const files = wantedFiles(await fetchRecord(recordUrl, options), recordUrl);
    const total = files.reduce((sum, { size }) => sum + size, 0);
    let before = 0;
    for (const file of files) {
      const path = join(folder, file.key);
      const checksum = { algorithm: "md5", hex: file.checksum.slice("md5:".length) } as const;
      if (isThere(path)) await checkOwn(path, checksum.hex);
      else {
        const report = (done: number) => onProgress({ label, done: before + done, total, unit: "bytes" });
        await download(file.links.self, path, { ...options, checksum, bytes: file.size, onProgress: report });
      }
      before += file.size;
      onProgress({ label, done: before, total, unit: "bytes" });
    }
  } finally {
    lock.release();
  }
}

async function fetchRecord(url: string, patience: Patience): Promise<RecordFile[]> {
  const { host } = new URL(url);
  const answer = await request(url, { accept: "application/json" }, patience);
  if (answer.status !== 200) {
    await answer.discard();
    throw new HeadlightError(`${host} answered ${answer.status} for ${url}`, 1);
  }
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of answer.body) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > LARGEST_RECORD_BYTES) break;
  }
  try {
    return recordSchema.parse(JSON.parse(text)).files;
  } catch (error) {
    throw new HeadlightError(`${url} is not a Zenodo record with files and MD5 checksums`, 1, { cause: error });
  }
}

function wantedFiles(files: readonly RecordFile[], url: string): RecordFile[] {
  return NPY_FILES.map((name) => {
    const file = files.find(({ key }) => key === name);
    if (!file) throw new HeadlightError(`${url} has no ${name}. It has ${files.map(({ key }) => key).join(", ")}`, 1);
    return file;
  });
}

/** Verifies a file that already exists. It is never overwritten: the person may have put it there. */
async function checkOwn(path: string, md5: string): Promise<void> {
  const found = await fileHash(path, "md5");
  if (found === md5) return;
  throw new HeadlightError(
    `${path} is not the published file (md5 ${found} instead of ${md5}). Move it out of the folder`,
    1,
  );
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
