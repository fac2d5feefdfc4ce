/** Reads the folders of a data set. Opens only files whose names have no extension. */
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { isThere } from "../../files/is_there.ts";
import { systemReason } from "../../files/system_error.ts";
import { type FolderEntry, FolderReader } from "../dataset/folder_reader.ts";
import { isImageFile, isImageName } from "./format.ts";

/** An entry that cannot be used, whatever it contains. */
export interface Unusable {
  readonly path: string;
  readonly why:
    /** A broken link, or a link to something that cannot be accessed. */
    | "dangling"
    /** A link to a folder that contains the link. */
    | "loop"
    /** The name is not UTF-8, so Deno cannot open it. */
    | "encoding";
  readonly isFolder: boolean;
}

/** The contents of a folder, in the system's order unless noted. Paths are relative to the data set's folder. */
export interface FolderContent {
  /** Sorted. */
  readonly folders: readonly string[];
  readonly images: readonly string[];
  /** Files that are not images. */
  readonly others: readonly string[];
  /** Hidden files whose names are those of images. */
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

/** Folders that operating systems and archivers create. They are never part of a data set. */
const LEFT_BEHIND = new Set(["__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information", "lost+found"]);

interface KnownFolder {
  readonly content: FolderContent;
  /** The real paths of the folder and of all folders above it, along the path by which it was reached. */
  readonly chain: readonly string[];
}

/** The folders of a data set. Each is read once, on first use. Links are followed. */
export class ImageTree {
  readonly #known = new Map<string, KnownFolder>();

  /** @param root the absolute path of the data set's folder */
  constructor(readonly root: string, private readonly reader: FolderReader = new FolderReader()) {}

  /** Returns the contents of a folder. @throws HeadlightError (2) if it cannot be read */
  at(path: string): FolderContent {
    return this.#folder(path).content;
  }

  /**
   * Returns the contents of a folder, empty if it cannot be read. Use this to decide whether the folder is used at all.
   */
  look(path: string): FolderContent {
    return this.#readable(path, () => {})?.content ?? NOTHING;
  }

  /**
   * Returns all files below a folder, at any depth; the images are sorted. A folder that several links point to is
   * listed once.
   *
   * @param unreadable called with each folder that cannot be read; without it, the first such folder is an error
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
      // A spread would fail if a folder has more files than a call may have arguments.
      for (const image of images) found.images.push(image);
      for (const other of others) found.others.push(other);
      for (const one of hidden) found.hidden.push(one);
      for (const one of unusable) found.unusable.push(one);
      return true;
    }, unreadable);
    found.images.sort();
    return found;
  }

  /**
   * Returns whether there are images below a folder, as far as it can be read.
   * @param most the maximum number of folders to search
   */
  hasImages(path: string, most = Infinity): boolean {
    let left = most;
    let found = false;
    this.#visit(path, ({ images }) => {
      found = images.length > 0;
      return !found && --left > 0;
    }, () => {});
    return found;
  }

  /** Calls `each` once with every real folder, nearest first, until it returns false. */
  #visit(path: string, each: (content: FolderContent) => boolean, unreadable?: OnUnreadable): void {
    const seen = new Set<string>();
    // The list grows during the loop.
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
        // macOS stores metadata of x.jpg in ._x.jpg.
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

/** Returns whether a folder is in the chain or contains the data set. */
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
 * Returns the entries whose names are not UTF-8. Deno replaces each invalid byte with U+FFFD, so a file of that name
 * does not exist, or is another file that really has this name.
 */
function garbledNames(folder: string, entries: readonly FolderEntry[]): Set<FolderEntry> {
  const suspects = Map.groupBy(entries.filter(({ name }) => name.includes("\ufffd")), ({ name }) => name);
  return new Set(
    [...suspects.values()].flatMap((same) => same.slice(same[0] && isThere(join(folder, same[0].name)) ? 1 : 0)),
  );
}
