/** `cache clear`: deletes what this version cannot use, and on request what it can. */
import { at } from "../at.ts";
import { bytes } from "../dashboard/text/formats.ts";
import { cut } from "../dashboard/text/width.ts";
import { HeadlightError } from "../errors.ts";
import { notUsedFor, parseAge } from "../features/cache/age.ts";
import { type CacheEntry, deleteEntry, listEntries } from "../features/cache/entries.ts";
import { findUnusable, removeUnusable } from "../features/cache/unusable.ts";
import { sizeOf } from "../files/folder_size.ts";
import { findOutAboutLocks } from "../files/lock_ability.ts";
import { explainSystemError } from "../files/system_error.ts";
import { stripControl } from "../text.ts";
import { checkedCacheRoot } from "./cache.ts";
import { describeEntries, entryLines } from "./cache_table.ts";
import type { Dialog } from "./remove_runs.ts";

export interface ClearOptions {
  /** Delete entries that were not used for this long, such as `30d`. */
  readonly older?: string | undefined;
  /** Delete all entries. */
  readonly all: boolean;
  /** Whether to delete without asking. */
  readonly yes: boolean;
}

/**
 * Refuses to delete anything where no lock tells what running processes use.
 * @throws HeadlightError (2)
 */
export async function refuseWithoutLocks(): Promise<void> {
  const root = checkedCacheRoot();
  const lack = await findOutAboutLocks(root);
  if (lack === null) return;
  throw new HeadlightError(
    `Files in the cache ${root} cannot be locked (${lack}), so it is not known which of them running processes use. When ` +
      "no Headlight runs on any host that shares the cache, delete its folders yourself.",
  );
}

/** How many bytes were deleted, and how many were kept because a process uses them. */
interface Sum {
  deleted: number;
  busy: number;
}

/**
 * Deletes what this version cannot use, and the entries that the options choose. Before it deletes entries, it lists
 * them and asks once. What a running process uses or writes is kept.
 *
 * @returns the exit status: 1 if something was chosen but kept
 * @throws HeadlightError (2) if there is no terminal to ask on (nothing is deleted then), or a file is in the place of
 * the cache; (1) if something cannot be deleted
 */
export function cacheClear(options: ClearOptions, dialog: Dialog, nowMs: number = Date.now()): number {
  const { output } = dialog;
  const root = checkedCacheRoot();
  const chosen = choose(options, root, nowMs);
  const going = chosen.filter(({ inUse }) => !inUse);
  if (going.length > 0 && !options.yes && !confirm(going, dialog, nowMs)) {
    output("nothing was deleted");
    return 0;
  }
  const sum = { deleted: 0, busy: 0 };
  let others = 0;
  for (const one of findUnusable(root)) {
    const size = sizeOf(one.path);
    const removed = remove(one.path, () => removeUnusable(one), size, sum);
    if (!removed && one.kind === "other version") others += size;
  }
  const contents = describeEntries(chosen);
  chosen.forEach((entry, index) => clearEntry(entry, at(contents, index), sum, dialog));
  const nothing = sum.deleted === 0 && sum.busy === 0;
  output(nothing ? "nothing to delete" : `deleted ${bytes(sum.deleted)} from ${stripControl(root)}`);
  if (others > 0) output(`${bytes(others)} are in use by a process of another version. ${again("it has")}`);
  if (sum.busy > others) output(`${bytes(sum.busy - others)} are in use by running processes. ${again("they have")}`);
  if (options.older === undefined && !options.all) sayWhatIsLeft(root, output);
  return sum.busy > 0 ? 1 : 0;
}

const again = (who: string) => `Run this command again when ${who} ended.`;

/** Says how much could be freed with an option. */
function sayWhatIsLeft(root: string, output: Dialog["output"]): void {
  const left = listEntries(root).filter(({ inUse }) => !inUse).reduce((sum, entry) => sum + entry.bytes, 0);
  if (left === 0) return;
  output(`${bytes(left)} that this version can use were kept. To free them too: deno task cache clear --all`);
  output("To free only what was not used for 30 days: deno task cache clear --older 30d");
}

function choose({ older, all }: ClearOptions, root: string, nowMs: number): CacheEntry[] {
  if (all) return listEntries(root);
  const ageMs = older === undefined ? null : parseAge(older);
  return ageMs === null ? [] : notUsedFor(listEntries(root), ageMs, nowMs);
}

function confirm(going: readonly CacheEntry[], { ask, output, width }: Dialog, nowMs: number): boolean {
  if (!ask) {
    throw new HeadlightError(
      "cache clear needs a terminal to ask for confirmation. Add --yes to delete without asking.",
    );
  }
  for (const line of entryLines(going, width, nowMs)) output(line);
  const total = bytes(going.reduce((sum, entry) => sum + entry.bytes, 0));
  const what = going.length === 1 ? "this entry" : `these ${going.length} entries`;
  return /^y(es)?$/i.test((ask(`Delete ${what} (${total})? y/N`) ?? "").trim());
}

function clearEntry(entry: CacheEntry, content: string, sum: Sum, { output, width }: Dialog): void {
  const deleted = remove(entry.path, () => deleteEntry(entry), entry.bytes, sum);
  const line = `${entry.kind}  ${bytes(entry.bytes)}  ${content}`;
  output(cut(`${deleted ? "deleted" : "kept, in use:"} ${line}`, width));
}

/** Removes something and counts it. Returns whether it was removed. */
function remove(path: string, act: () => boolean, size: number, sum: Sum): boolean {
  try {
    const done = act();
    if (done) sum.deleted += size;
    else sum.busy += size;
    return done;
  } catch (error) {
    throw explainSystemError(error, `cannot delete ${path}`);
  }
}
