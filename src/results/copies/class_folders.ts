/** The folders into which `predict --copy-to` sorts images. */
import filenamify from "filenamify";

/** The maximum length of a folder's name, so that it has no more than 255 bytes of UTF-8. */
const MOST_CHARACTERS = 80;
const REPLACEMENT = "_";

/**
 * Returns the name of a folder for each class. A class is usually named like a folder. But classes.txt may contain any
 * text, such as `../x`, `a/b`, `CON` or control characters, which become a name that is safe on every system. Names
 * that would be the same folder, also on a file system that ignores case, get a number.
 */
export function classFolders(classes: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(classes.map((name) => {
    const safe = safeName(name);
    let folder = safe;
    for (let number = 2; taken.has(folder.toLowerCase()); number++) folder = `${safe}${REPLACEMENT}${number}`;
    taken.add(folder.toLowerCase());
    return [name, folder];
  }));
}

function safeName(name: string): string {
  // A name that begins with a dot would be a hidden folder.
  const visible = name.replace(/^\.+/, REPLACEMENT);
  return filenamify(visible, { replacement: REPLACEMENT, maxLength: MOST_CHARACTERS });
}
