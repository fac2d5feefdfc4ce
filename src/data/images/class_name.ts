/** Names of classes, and which names are nearly the same. */
import { basename } from "node:path";

/** Returns a class name in Unicode form NFC, because names that differ only in Unicode form look the same. */
export function classNamed(name: string): string {
  return name.normalize("NFC");
}

/** Returns the name of the class that a folder stands for. */
export function className(folder: string): string {
  return classNamed(basename(folder));
}

/**
 * Returns a name without the differences in case, spaces, hyphens and underscores. Names that differ only in these give
 * the same text.
 */
export function looseName(name: string): string {
  return classNamed(name).toLowerCase().replaceAll(/[\s_-]+/gu, " ").trim();
}

/**
 * The suffixes that file managers add to a copied folder: `Milk (1)`, `Milk - Copy`, `Milk - Kopie (2)`, `milk copy 2`.
 */
const COPY = / (?:\(\d+\)|(?:copy|kopie|copie|copia)(?: \(?\d+\)?)?)$/u;

/** Returns the loose name without a suffix such as " copy". */
export function originalName(name: string): string {
  return looseName(name).replace(COPY, "");
}
