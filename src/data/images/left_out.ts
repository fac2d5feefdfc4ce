/** Describes the files that are not read as images: file name extension, count and, if there is one, the remedy. */
import { extname } from "node:path";
import { counted, named } from "../../counted.ts";

interface Kind {
  readonly what: string;
  readonly extensions: string;
  /** How to convert such files to images that can be read. `EXT` stands for the extension. */
  readonly remedy: string;
  /** Each of these files is one image, so the person may expect it to be used. */
  readonly areImages?: true;
}

const ARCHIVES = "archives";

const KINDS: readonly Kind[] = [
  {
    what: "raw photos",
    extensions: "3fr arw cr2 cr3 crw dng nef nrw orf pef raf raw rw2 sr2 srw x3f",
    remedy: "Export them as JPEG, for example with darktable-cli",
    areImages: true,
  },
  {
    what: "images in this format",
    extensions: "dds exr fits hdr ico j2k jp2 jpx jxl pbm pcx pgm pnm ppm psd qoi svg svgz tga xcf",
    remedy: "Convert them, for example with ImageMagick: magick mogrify -format png *EXT",
    areImages: true,
  },
  {
    what: "documents",
    extensions: "ai eps pdf ps",
    remedy: "Convert their pages to PNG, for example with ImageMagick: magick FILEEXT FILE.png",
  },
  {
    what: "videos",
    extensions: "3gp avi m4v mkv mov mp4 mpeg mpg webm",
    remedy: "Extract frames from them, for example one per second: ffmpeg -i FILEEXT -r 1 FILE-%04d.png",
  },
  { what: ARCHIVES, extensions: "7z bz2 gz rar tar tgz xz zip", remedy: "Unpack them" },
  { what: "unfinished downloads", extensions: "crdownload download part", remedy: "Download them again" },
];

const KIND_OF = new Map(
  KINDS.flatMap((kind) => kind.extensions.split(" ").map((extension) => [`.${extension}`, kind])),
);

/** Returns whether a file's name is that of an archive. */
export function isArchive(path: string): boolean {
  return KIND_OF.get(extname(path).toLowerCase())?.what === ARCHIVES;
}

export interface LeftOutLines {
  /**
   * Notices about images that cannot be read. They stay on screen, because the run learns from fewer images than
   * expected.
   */
  readonly notices: readonly string[];
  readonly remarks: readonly string[];
}

/**
 * Returns the lines that describe the files that are left out, the most frequent extension first. Extensions with a
 * remedy get a line each; all others share one line.
 *
 * @param files paths
 */
export function leftOutLines(files: readonly string[]): LeftOutLines {
  const notices: string[] = [];
  const remarks: string[] = [];
  const rest: [extension: string, files: readonly string[]][] = [];
  const groups = [...Map.groupBy(files.toSorted(), (file) => extname(file).toLowerCase())]
    .sort(([one, first], [other, second]) => second.length - first.length || (one < other ? -1 : 1));
  for (const [extension, same] of groups) {
    const kind = KIND_OF.get(extension);
    if (!kind) {
      rest.push([extension, same]);
      continue;
    }
    const line = `${extension}: ${leftOut(same.length)} (${kind.what} are not read). ` +
      kind.remedy.replaceAll("EXT", extension);
    (kind.areImages ? notices : remarks).push(line);
  }
  if (rest.length > 0) remarks.push(noImages(rest));
  return { notices, remarks };
}

/**
 * Returns why a file with this name is not read as an image, and the remedy; null if no remedy is known for its
 * extension.
 */
export function otherKind(file: string): string | null {
  const extension = extname(file).toLowerCase();
  const kind = KIND_OF.get(extension);
  return kind === undefined ? null : `${kind.what} are not read. ${kind.remedy.replaceAll("EXT", extension)}`;
}

function noImages(groups: readonly (readonly [extension: string, files: readonly string[]])[]): string {
  const files = groups.flatMap(([, same]) => same);
  const counts = groups.map(([extension, same]) => `${extension || "no extension"}: ${same.length}`).join(", ");
  const are = files.length === 1 ? "is not an image" : "are not images";
  return `${leftOut(files.length)} and ${are} (${counts}): ${named(files)}`;
}

function leftOut(files: number): string {
  return counted(files, "file is left out", "files are left out");
}
