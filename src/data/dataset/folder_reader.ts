/** Folders and what is in them: names and kinds, nothing is opened. */

/** An entry of a folder; a symbolic link is none of the other two. */
export type FolderEntry = Pick<Deno.DirEntry, "name" | "isFile" | "isDirectory" | "isSymlink">;

/**
 * Reads each folder once, however often it is asked for. What a folder was found to be and what is listed in it then
 * come from the same reading.
 */
export class FolderReader {
  readonly #known = new Map<string, readonly FolderEntry[]>();

  /** Returns the entries in the system's order. @throws Deno.errors where the folder cannot be read */
  entries(folder: string): readonly FolderEntry[] {
    const known = this.#known.get(folder);
    if (known) return known;
    const entries = [...Deno.readDirSync(folder)];
    this.#known.set(folder, entries);
    return entries;
  }

  /** Returns the entries and forgets them: a million of them take 200 MB. @throws Deno.errors as `entries` */
  take(folder: string): readonly FolderEntry[] {
    const entries = this.entries(folder);
    this.#known.delete(folder);
    return entries;
  }
}
