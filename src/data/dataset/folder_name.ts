/** What a data set is called after the folder that it lies in. */
import { basename, dirname } from "node:path";

/** Names that say nothing of what is in a folder: it takes the name of the folder around it. */
const GENERIC = /^(?:data|data ?sets?|images?|imgs?|pictures?|photos?)$/i;

/** Returns the name of a folder, or that of the nearest one around it whose name tells something. @param folder absolute */
export function folderName(folder: string): string {
  for (let at = folder; dirname(at) !== at; at = dirname(at)) {
    if (!GENERIC.test(basename(at))) return basename(at);
  }
  return basename(folder);
}
