/** The name of a data set, derived from its folder. */
import { basename, dirname } from "node:path";

/** Folder names that do not describe the data; the name of the parent folder is used instead. */
const GENERIC = /^(?:data|data ?sets?|images?|imgs?|pictures?|photos?)$/i;

/** Returns the name of a folder, or of its nearest parent with a descriptive name. @param folder an absolute path */
export function folderName(folder: string): string {
  for (let at = folder; dirname(at) !== at; at = dirname(at)) {
    if (!GENERIC.test(basename(at))) return basename(at);
  }
  return basename(folder);
}
