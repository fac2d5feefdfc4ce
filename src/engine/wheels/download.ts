/**
 * Downloads a pinned wheel with the machine's pip, so that the proxies, mirrors and credentials configured for pip are
 * used.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { sentence } from "../../sentence.ts";
import type { OnSetupProgress } from "../engine.ts";
import { lastLine, runChild } from "./child.ts";
import type { PinnedWheel } from "./pinned.ts";

/** How to download a wheel. */
export interface DownloadOptions {
  /** An existing folder. pip's temporary files go there too, so removing it removes everything. */
  readonly folder: string;
  readonly python: string;
  /** The label of the progress, e.g. `downloading TensorFlow 2.21.0`. */
  readonly label: string;
  readonly onProgress: OnSetupProgress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads the wheel and verifies its SHA-256. The platform flags make the result independent of the Python version
 * that runs pip.
 *
 * If `onProgress` throws, pip is terminated and the error is passed on.
 *
 * @returns the wheel's path
 * @throws HeadlightError (exit status 1) if Python, pip or the network is missing, or if the file is not the pinned one
 */
export async function downloadWheel(wheel: PinnedWheel, options: DownloadOptions): Promise<string> {
  const { folder, python, label, onProgress, signal } = options;
  const report = (done: number) => onProgress({ label, done, total: wheel.bytes, unit: "bytes" });
  report(0);
  const broken = new AbortController();
  const watch = setInterval(() => {
    try {
      report(Math.min(largestWheel(folder), wheel.bytes));
    } catch (error) {
      // An error thrown from a timer would end this process. Instead, it aborts pip, and the download fails with it.
      clearInterval(watch);
      broken.abort(error);
    }
  }, 250);
  try {
    const result = await runChild(python, pipArguments(wheel, folder), {
      env: { TMPDIR: folder },
      signal: signal ? AbortSignal.any([signal, broken.signal]) : broken.signal,
    });
    if (result === null) {
      throw new HeadlightError(
        `${python} was not found. Install Python 3 with pip (Debian and Ubuntu: apt install python3-pip).`,
        1,
      );
    }
    if (result.code !== 0) {
      const reason = explainPip(`${result.stdout}\n${result.stderr}`);
      throw new HeadlightError(`${wheel.package} ${wheel.version} could not be downloaded: ${sentence(reason)}`, 1);
    }
  } finally {
    clearInterval(watch);
  }
  const path = findWheel(folder);
  if (path === null) {
    throw new HeadlightError(
      `pip reported success but left no wheel of ${wheel.package} in ${folder}. Check pip's configuration.`,
      1,
    );
  }
  await checkHash(path, wheel, onProgress, signal);
  return path;
}

function pipArguments(wheel: PinnedWheel, folder: string): string[] {
  const requirement = `${wheel.package}==${wheel.version}`;
  return ["-m", "pip", "download", "--progress-bar", "off", ...pipFlags(wheel), "-d", folder, requirement];
}

/** Returns pip's flags for taking a wheel for its platform and nothing else. */
export function pipFlags({ platform }: PinnedWheel): string[] {
  return [
    ...["--no-deps", "--only-binary=:all:", "--no-input"],
    // Flags override PIP_DEFAULT_TIMEOUT and pip.conf, so that a machine without a network fails soon.
    ...["--timeout", "10", "--retries", "1", "--disable-pip-version-check"],
    ...["--platform", platform, "--python-version", "311", "--implementation", "cp", "--abi", "cp311"],
  ];
}

/**
 * Returns the size of the largest wheel in the folder or below, as the download's progress. pip writes into its own
 * folder below TMPDIR, then copies.
 */
function largestWheel(folder: string): number {
  let largest = 0;
  try {
    for (const entry of Deno.readDirSync(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) largest = Math.max(largest, largestWheel(path));
      else if (entry.name.endsWith(".whl")) largest = Math.max(largest, Deno.statSync(path).size);
    }
  } catch {
    // pip may move or remove files during the search. The next search finds them.
  }
  return largest;
}

function findWheel(folder: string): string | null {
  const entry = [...Deno.readDirSync(folder)].find(({ name }) => name.endsWith(".whl"));
  return entry ? join(folder, entry.name) : null;
}

async function checkHash(
  path: string,
  wheel: PinnedWheel,
  onProgress: OnSetupProgress,
  signal?: AbortSignal,
): Promise<void> {
  const found = await wheelHash(path, onProgress, signal);
  if (found !== wheel.sha256) throw otherWheel(wheel, found);
}

/** Returns the error for a wheel that is not the pinned one. */
export function otherWheel({ package: name, version, sha256 }: PinnedWheel, found: string): HeadlightError {
  return new HeadlightError(
    `the downloaded ${name} ${version} has the SHA-256 ${found} instead of ${sha256}, so it is not used. Check the ` +
      "package index that pip is configured to use.",
    1,
  );
}

/** Returns the SHA-256 of a file in hexadecimal. Reports progress, because 274 MB take a second. */
export async function wheelHash(path: string, onProgress: OnSetupProgress, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const total = Deno.statSync(path).size;
  let done = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    signal?.throwIfAborted();
    hash.update(chunk);
    done += chunk.length;
    onProgress({ label: "verifying the download", done, total, unit: "bytes" });
  }
  return hash.digest("hex");
}

/**
 * Explains pip's output. pip's own last line is misleading: without a network it reports "no matching distribution".
 */
export function explainPip(output: string): string {
  if (/No module named pip\b/.test(output)) {
    return "Python has no pip. Install it (Debian and Ubuntu: apt install python3-pip).";
  }
  if (/No space left on device/.test(output)) return "the disk is full. Free some space.";
  const broken = output.split("\n").findLast((line) => /connection broken by|Max retries exceeded/.test(line));
  if (broken !== undefined) {
    const cause = /\[Errno [^\]]*\] ([^'")]+)|((?:connect|read) timeout)|(certificate verify failed)/i.exec(broken);
    const why = cause?.[1] ?? cause?.[2] ?? cause?.[3];
    return `no connection to the package index${why ? ` (${why.trim()})` : ""}. Check the network and pip's settings.`;
  }
  const error = output.split("\n").findLast((line) => line.startsWith("ERROR:"))?.slice("ERROR:".length);
  const said = (error ?? lastLine(output)).trim();
  return said === "" ? "pip failed without a message." : `pip reports: ${said}`;
}
