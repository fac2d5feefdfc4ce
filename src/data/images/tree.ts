/** What lies in the folders of a data set. Only files whose names have no extension are opened. */
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { isThere } from "../../files/is_there.ts";
import { systemReason } from "../../files/system_error.ts";
import { type FolderEntry, FolderReader } from "../dataset/folder_reader.ts";
import { isImageFile, isImageName } from "./format.ts";

/** Something that cannot be used, whatever it holds. */
export interface Unusable {
  readonly path: string;
  readonly why:
    /** A link that leads nowhere, or to what may not be looked at. */
    | "dangling"
    /** A link to a folder that it lies in. */
    | "loop"
    /** The name is not UTF-8: Deno has no way to open it. */
    | "encoding";
  readonly isFolder: boolean;
}

/** What lies in a folder, in the system's order. Paths are from the data set's folder on. */
export interface FolderContent {
  /** Sorted. */
  readonly folders: readonly string[];
  readonly images: readonly string[];
  /** Files that are taken for no images. */
  readonly others: readonly string[];
  /** Hidden files that are images by their names. */
  readonly hidden: readonly string[];
  readonly unusable: readonly Unusable[];
}

export type FilesBelow = Omit<FolderContent, "folders">;

export type OnUnreadable = (folder: { readonly path: string; readonly reason: string }) => void;

class UnreadableFolderError extends HeadlightError {
  constructor(folder: string, why: string, readonly reason: string = `the folder cannot be read (${why})`) {
    super(`${folder} cannot be read (${why}). Make it readable, or move it out of the data set`);
  }
}

const NOTHING: FolderContent = { folders: [], images: [], others: [], hidden: [], unusable: [] };

/** Folders that systems and archives leave behind. Nobody means them. */
const LEFT_BEHIND = new Set(["__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information", "lost+found"]);

interface KnownFolder {
  readonly content: FolderContent;
  /** The real paths of the folder and of those that it lies in, as it was reached. */
  readonly chain: readonly string[];
}

/** The folders of a data set, each read once, when it is first asked for. Links are followed. */
export class ImageTree {
  readonly #known = new Map<string, KnownFolder>();

  /** @param root absolute */
  constructor(readonly root: string, private readonly reader: FolderReader = new FolderReader()) {}

  /** Returns what lies in a folder. @throws HeadlightError (2) if it cannot be read */
  at(path: string): FolderContent {
    return this.#folder(path).content;
  }

  /** Returns what lies in a folder, nothing if it cannot be read: what decides whether the folder is used at all. */
  look(path: string): FolderContent {
    return this.#readable(path, () => {})?.content ?? NOTHING;
  }

  /**
   * Returns all files below a folder, whatever the folders between, images sorted. What several links lead to is there
   * once.
   *
   * @param unreadable is told of each folder that cannot be read; without it, the first one is thrown
   * @throws HeadlightError (2)
   */
  filesBelow(path: string, unreadable?: OnUnreadable): FilesBelow {
    const found = {
      images: [] as string[],
      others: [] as string[],
      hidden: [] as string[],
      unusable: [] as Unusable[],
    };
    this.#visit(path, ({ images, others, hidden, unusable }) => {
      // Not with a spread: a folder may have more files than a call may have arguments.
      for (const image of images) found.images.push(image);
      for (const other of others) found.others.push(other);
      for (const one of hidden) found.hidden.push(one);
      for (const one of unusable) found.unusable.push(one);
      return true;
    }, unreadable);
    found.images.sort();
    return found;
  }

  /** Whether there are images below a folder, as far as it can be read. @param most how many folders are looked into */
  hasImages(path: string, most = Infinity): boolean {
    let left = most;
    let found = false;
    this.#visit(path, ({ images }) => {
      found = images.length > 0;
      return !found && --left > 0;
    }, () => {});
    return found;
  }

  /** Calls `each` with every real folder once, nearest first, until it returns false. */
  #visit(path: string, each: (content: FolderContent) => boolean, unreadable?: OnUnreadable): void {
    const seen = new Set<string>();
    // Grows as it is walked.
    const waiting = [path];
    for (const next of waiting) {
      const folder = this.#readable(next, unreadable);
      if (!folder) continue;
      const { content, chain } = folder;
      const real = chain.at(-1) ?? "";
      if (seen.has(real)) continue;
      seen.add(real);
      if (!each(content)) return;
      for (const folder of content.folders) waiting.push(folder);
    }
  }

  #readable(path: string, unreadable?: OnUnreadable): KnownFolder | null {
    try {
      return this.#folder(path);
    } catch (error) {
      if (!unreadable || !(error instanceof UnreadableFolderError)) throw error;
      unreadable({ path, reason: error.reason });
      return null;
    }
  }

  #folder(path: string): KnownFolder {
    const known = this.#known.get(path);
    if (known) return known;
    const folder = this.#read(path);
    this.#known.set(path, folder);
    return folder;
  }

  #read(path: string): KnownFolder {
    const folder = join(this.root, path);
    try {
      const chain = this.#chain(path);
      return { chain, content: this.#sort(path, this.reader.take(folder), chain) };
    } catch (error) {
      if (error instanceof UnreadableFolderError) throw error;
      throw new UnreadableFolderError(folder, systemReason(error));
    }
  }

  #chain(path: string): readonly string[] {
    if (path === "") return [realpathSync(this.root)];
    const parent = dirname(path);
    return [...this.#folder(parent === "." ? "" : parent).chain, realpathSync(join(this.root, path))];
  }

  #sort(path: string, entries: readonly FolderEntry[], chain: readonly string[]): FolderContent {
    const folders: string[] = [];
    const images: string[] = [];
    const others: string[] = [];
    const hidden: string[] = [];
    const unusable: Unusable[] = [];
    const garbled = garbledNames(join(this.root, path), entries);
    const prefix = path === "" ? "" : `${path}/`;
    for (const entry of entries) {
      const { name } = entry;
      const place = prefix + name;
      if (name.startsWith(".")) {
        // Macs keep what they know of x.jpg in ._x.jpg.
        if (isImageName(name) && !name.startsWith("._") && !entry.isDirectory) hidden.push(place);
        continue;
      }
      if (garbled.delete(entry)) {
        unusable.push({ path: place, why: "encoding", isFolder: entry.isDirectory });
        continue;
      }
      const kind = this.#kindOf(place, entry, chain);
      if (kind === "folder") {
        if (!LEFT_BEHIND.has(name)) folders.push(place);
      } else if (kind === "file") (isImageFile(join(this.root, place)) ? images : others).push(place);
      else if (kind === "other") others.push(place);
      else unusable.push({ path: place, why: kind, isFolder: kind === "loop" });
    }
    return { folders: folders.sort(), images, others, hidden, unusable };
  }

  #kindOf(path: string, entry: FolderEntry, chain: readonly string[]): "file" | "folder" | "other" | Unusable["why"] {
    const target = join(this.root, path);
    const info = entry.isSymlink ? followed(target) : entry;
    if (info === null) return "dangling";
    if (info.isFile) return "file";
    if (!info.isDirectory) return "other";
    return entry.isSymlink && leadsBack(realpathSync(target), chain) ? "loop" : "folder";
  }
}

/** Whether a folder is one of a chain, or one that the data set lies in. */
function leadsBack(real: string, chain: readonly string[]): boolean {
  const [root = ""] = chain;
  return chain.includes(real) || root.startsWith(real.endsWith("/") ? real : `${real}/`);
}

function followed(link: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(link);
  } catch {
    return null;
  }
}

/**
 * The entries whose names are not UTF-8. Deno gives each byte that it cannot read as U+FFFD, and what is asked for under
 * that name is not there, or is another file that is really called so.
 */
function garbledNames(folder: string, entries: readonly FolderEntry[]): Set<FolderEntry> {
  const suspects = Map.groupBy(entries.filter(({ name }) => name.includes("\ufffd")), ({ name }) => name);
  return new Set(
    [...suspects.values()].flatMap((same) => same.slice(same[0] && isThere(join(folder, same[0].name)) ? 1 : 0)),
  );
}
