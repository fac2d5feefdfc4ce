/**
 * The address from which the machine's pip would download a wheel. pip cannot resume a download, so large wheels are
 * downloaded from there without it. Indexes, mirrors and credentials are those that pip is configured to use.
 */
import { z } from "zod";
import { type ChildResult, lastLine, runChild } from "./child.ts";
import { pipFlags } from "./download.ts";
import type { PinnedWheel } from "./pinned.ts";

/** What pip knows about a wheel before it downloads it. */
export interface WheelAddress {
  readonly url: string;
  /** The SHA-256 that the index gives for the file; null if it gives none. */
  readonly sha256: string | null;
}

/** What to ask, and for how long. */
export interface AddressOptions {
  readonly python: string;
  readonly limitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The time limit in milliseconds. pip only reads the index's page about the package. */
const LIMIT_MS = 60_000;

/**
 * Prints the link that `pip download` would choose, as JSON. No command of pip prints it without a download: even
 * `pip install --dry-run` downloads the wheel (pip 23.2). The functions are those that `pip index` calls.
 */
const FIND_LINK = `
import json, sys
from pip._internal.cli import cmdoptions
from pip._internal.commands import create_command
from pip._vendor.packaging.specifiers import SpecifierSet
*flags, name, version = sys.argv[1:]
command = create_command("download")
with command.main_context():
    options, _ = command.parse_args(flags)
    finder = command._build_package_finder(
        options=options,
        session=command.get_default_session(options),
        target_python=cmdoptions.make_target_python(options),
    )
    link = finder.find_best_candidate(name, SpecifierSet("==" + version)).best_candidate.link
    print(json.dumps({"url": link.url_without_fragment, link.hash_name or "no hash": link.hash}))
`;

const linkSchema = z.object({ url: z.url(), sha256: z.string().optional() });

/**
 * Returns the wheel's address, or null if pip does not tell one from which it can be downloaded over HTTP: pip has
 * other functions, finds no such wheel, finds it in a folder, or does not answer in time.
 *
 * @throws the signal's reason when aborted
 */
export async function wheelAddress(wheel: PinnedWheel, options: AddressOptions): Promise<WheelAddress | null> {
  const { python, limitMs = LIMIT_MS, signal } = options;
  const limit = AbortSignal.timeout(limitMs);
  const args = ["-c", FIND_LINK, ...pipFlags(wheel), wheel.package, wheel.version];
  const result = await runChild(python, args, {
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (limit.aborted) return null;
    throw error;
  });
  return result === null ? null : addressIn(result);
}

/** Returns the address in pip's answer, which is its last line. */
function addressIn({ code, stdout }: ChildResult): WheelAddress | null {
  const link = code === 0 ? linkSchema.safeParse(parseJson(lastLine(stdout))).data : undefined;
  if (link === undefined || !/^https?:/.test(link.url)) return null;
  return { url: link.url, sha256: link.sha256 ?? null };
}

/** Returns the value of a text, or undefined if it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
