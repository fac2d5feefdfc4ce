/** What a class is called. */
import { basename } from "node:path";

/** Returns the one form of a name: names that differ only in Unicode form look the same and are the same class. */
export function classNamed(name: string): string {
  return name.normalize("NFC");
}

/** Returns the name of the class whose folder this is. */
export function className(folder: string): string {
  return classNamed(basename(folder));
}

/** Returns what names have in common that differ only in case, or in spaces, hyphens and underscores. */
export function looseName(name: string): string {
  return classNamed(name).toLowerCase().replaceAll(/[\s_-]+/gu, " ").trim();
}

/** As systems mark a second folder of one name: `Milk (1)`, `Milk - Copy`, `Milk - Kopie (2)`, `milk copy 2`. */
const COPY = / (?:\(\d+\)|(?:copy|kopie|copie|copia)(?: \(?\d+\)?)?)$/u;

/** Returns the loose name of what a folder is a copy of, by its name; that of others as it is. */
export function originalName(name: string): string {
  return looseName(name).replace(COPY, "");
}
