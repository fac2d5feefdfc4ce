/** The entries of the cache as lines of text. Pure. */
import { basename } from "node:path";
import { at } from "../at.ts";
import { counted } from "../counted.ts";
import { age, bytes } from "../dashboard/text/formats.ts";
import { cut } from "../dashboard/text/width.ts";
import { type CacheEntry, isRandom } from "../features/cache/entries.ts";
import { stripControl } from "../text.ts";

/** The number of characters of a hash that are shown. */
const HASH = 12;

/** What can tell apart two entries of the same base, weights, size and precision, in the order in which it is tried. */
const DISTINCTIONS = ["preprocess", "pooling", "engine"] as const;

/** Returns what each entry contains, in one line. Entries that would look the same also say in what they differ. */
export function describeEntries(entries: readonly CacheEntry[]): string[] {
  const alike = Map.groupBy(entries, (entry) => `${entry.kind} ${describeEntry(entry)}`);
  return entries.map((entry) => {
    const content = describeEntry(entry);
    const group = alike.get(`${entry.kind} ${content}`) ?? [];
    if (group.length < 2) return content;
    const differing = DISTINCTIONS.filter((name) => new Set(group.map(({ facts }) => facts[name])).size > 1);
    const told = differing.flatMap((name) => entry.facts[name] ?? []).join(" ");
    return stripControl(`${content} (${told === "" ? basename(entry.path).slice(0, HASH) : told})`);
  });
}

function describeEntry({ kind, path, facts }: CacheEntry): string {
  const { base, weights, size, precision, images, engine, version, source, file, folder, download } = facts;
  switch (kind) {
    case "features":
    case "graphs": {
      const made = base === undefined
        ? `for an unknown base (${basename(path).slice(0, HASH)})`
        : `${base} ${shortWeights(String(weights))} ${size} ${precision}`;
      return stripControl(images === undefined ? made : `${made}, ${counted(Number(images), "image", "images")}`);
    }
    case "engines":
      if (download !== undefined) {
        const what = download === "complete" ? "downloaded wheel" : "incomplete download";
        return stripControl(`${what} ${String(file).replace(/[0-9a-f]{64}/, (hash) => hash.slice(0, HASH))}`);
      }
      return stripControl(version === undefined ? basename(path) : `${engine} ${version} (${source})`);
    case "weights":
      return stripControl(String(file));
    case "speeds":
      return stripControl(engine === undefined ? basename(path) : `${engine} ${precision}, ${base} at ${size}`);
    case "files":
      return stripControl(folder === undefined ? basename(path) : String(folder));
  }
}

/** Returns what weights are called where there is little room. */
function shortWeights(file: string): string {
  if (isRandom(file)) return "random";
  return /_(?:notop|no_top)\.h5$/.test(file) ? "imagenet" : file;
}

/** Returns when an entry was last used: `in use`, `3h ago`, `now`. */
export function lastUseText({ inUse, lastUseMs }: Pick<CacheEntry, "inUse" | "lastUseMs">, nowMs: number): string {
  return inUse ? "in use" : age(Math.max(0, nowMs - lastUseMs) / 1000);
}

/**
 * Returns the entries as a table: kind, size, last use, content. The content is cut at the screen's width.
 * @param width in columns; Infinity if lines must not be cut
 */
export function entryLines(entries: readonly CacheEntry[], width: number, nowMs: number): string[] {
  const contents = describeEntries(entries);
  const rows = [
    ["KIND", "SIZE", "LAST USE", "CONTENT"] as const,
    ...entries.map((entry, index) =>
      [entry.kind, bytes(entry.bytes), lastUseText(entry, nowMs), at(contents, index)] as const
    ),
  ];
  const [kinds, sizes, uses] = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([kind, size, use, what]) =>
    cut(`${kind.padEnd(kinds ?? 0)}  ${size.padStart(sizes ?? 0)}  ${use.padEnd(uses ?? 0)}  ${what}`, width)
  );
}

/** Returns an entry as one line of JSON. */
export function entryJson({ kind, path, bytes, lastUseMs, inUse, facts }: CacheEntry): string {
  return JSON.stringify({
    kind,
    path,
    bytes,
    last_use: new Date(lastUseMs).toISOString(),
    in_use: inUse,
    ...facts,
  });
}
