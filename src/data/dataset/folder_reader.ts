/** Reads the names and kinds of the entries in folders. Opens no files. */

/** An entry of a folder. For a symbolic link, isFile and isDirectory are false. */
export type FolderEntry = Pick<Deno.DirEntry, "name" | "isFile" | "isDirectory" | "isSymlink">;

/** Reads each folder only once, so that the check of what a folder is and the listing see the same entries. */
export class FolderReader {
  readonly #known = new Map<string, readonly FolderEntry[]>();

  /** Returns the entries in the system's order. @throws Deno.errors if the folder cannot be read */
  entries(folder: string): readonly FolderEntry[] {
    const known = this.#known.get(folder);
    if (known) return known;
    const entries = [...Deno.readDirSync(folder)];
    this.#known.set(folder, entries);
    return entries;
  }

  /**
   * Returns the entries and removes them from memory: a million of them take 200 MB. @throws Deno.errors as `entries`
   */
  take(folder: string): readonly FolderEntry[] {
    const entries = this.entries(folder);
    this.#known.delete(folder);
    return entries;
  }
}
