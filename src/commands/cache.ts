/** `cache` shows what the machine-wide cache contains. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { bytes } from "../dashboard/text/formats.ts";
import { type CacheKind, kindNames, KINDS, listEntries } from "../features/cache/entries.ts";
import { findUnusable, type Unusable } from "../features/cache/unusable.ts";
import { HeadlightError } from "../errors.ts";
import { cacheRoot, commandName } from "../paths.ts";
import { folderSize, sizeOf } from "../files/folder_size.ts";
import { stripControl } from "../text.ts";
import { entryJson, entryLines, lastUseText } from "./cache_table.ts";
import { lineWidth } from "./terminal.ts";

type Output = (line: string) => void;

/**
 * Prints the size and the last use of each kind of file, the size of the files that this version cannot use, and the
 * entries, those that were used last first. As JSON, prints one entry per line. Returns the exit status.
 * @throws HeadlightError (2) if a file is in the place of the cache
 */
export function cache(json: boolean, output: Output, nowMs: number = Date.now()): number {
  const root = checkedCacheRoot();
  const entries = listEntries(root);
  if (json) {
    for (const entry of entries) output(entryJson(entry));
    return 0;
  }
  const unusable = findUnusable(root);
  const sizeAmong = (kind?: CacheKind) =>
    unusable.filter(({ among }) => kind === undefined || among === kind).reduce(
      (sum, { path }) => sum + sizeOf(path),
      0,
    );
  const rows: [name: string, size: number, use: string, what: string][] = kindNames().map((name) => {
    // Links are followed, because parts of the cache may be on other disks.
    const size = folderSize(join(root, name));
    const own = entries.filter(({ kind }) => kind === name);
    const newest = own.find(({ inUse }) => inUse) ?? own[0];
    const use = newest ? lastUseText(newest, nowMs) : "";
    return [name, Math.max(0, size - sizeAmong(name)), use, KINDS[name]];
  });
  if (sizeAmong() > 0) {
    rows.push(["unusable", sizeAmong(), "", `${originText(unusable)}; to delete it: ${commandName()} cache clear`]);
  }
  const texts = rows.map(([name, size, use, what]) => [name, bytes(size), use, what] as const);
  const [names, sizes, uses] = [0, 1, 2].map((column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  for (const [name, size, use, what] of texts) {
    const used = uses ? `${use.padEnd(uses)}  ` : "";
    output(`${name.padEnd(names ?? 0)}  ${size.padStart(sizes ?? 0)}  ${used}${what}`);
  }
  output(`${bytes(rows.reduce((sum, [, size]) => sum + size, 0))} in ${stripControl(root)}`);
  const shown = entries.filter(({ kind }) => kind !== "files" && kind !== "speeds");
  if (shown.length === 0) return 0;
  output("");
  for (const line of entryLines(shown, lineWidth(), nowMs)) output(line);
  return 0;
}

/** Returns the folder of the cache, which need not exist. @throws HeadlightError (2) if a file is in its place */
export function checkedCacheRoot(): string {
  const root = cacheRoot();
  let place = root;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  if (existsSync(place) && !Deno.statSync(place).isDirectory) {
    throw new HeadlightError(
      `The cache cannot be in ${root}, because ${place} is a file. Remove the file, or name a folder in XDG_CACHE_HOME.`,
    );
  }
  return root;
}

function originText(unusable: readonly Unusable[]): string {
  const others = unusable.filter(({ kind }) => kind === "other version").length;
  const texts = [
    ...(others > 0 ? ["from other versions"] : []),
    ...(others < unusable.length ? ["left by killed processes"] : []),
  ];
  return texts.join(" and ");
}
