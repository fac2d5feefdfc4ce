/** What is said of files that are not read as images: by file name extension and count, with a remedy if there is one. */
import { extname } from "node:path";

/** Extensions of one kind, and what makes images of such files. `EXT` stands for the extension. */
const KINDS: readonly { readonly what: string; readonly extensions: string; readonly remedy: string }[] = [
  {
    what: "raw photos",
    extensions: "3fr arw cr2 cr3 crw dng nef nrw orf pef raf raw rw2 sr2 srw x3f",
    remedy: "Export them as JPEG, for example with darktable-cli",
  },
  {
    what: "images of another kind",
    extensions: "dds exr fits hdr ico j2k jp2 jpx jxl pbm pcx pgm pnm ppm psd qoi svg svgz tga xcf",
    remedy: "Convert them, for example with ImageMagick: magick mogrify -format png *EXT",
  },
  {
    what: "documents",
    extensions: "ai eps pdf ps",
    remedy: "Convert their pages to PNG, for example with ImageMagick: magick FILEEXT FILE.png",
  },
  {
    what: "videos",
    extensions: "3gp avi m4v mkv mov mp4 mpeg mpg webm",
    remedy: "Take frames from them, for example one a second: ffmpeg -i FILEEXT -r 1 FILE-%04d.png",
  },
  { what: "archives", extensions: "7z bz2 gz rar tar tgz xz zip", remedy: "Unpack them" },
  { what: "downloads that did not end", extensions: "crdownload download part", remedy: "Download them again" },
];

const KIND_OF = new Map(
  KINDS.flatMap((kind) => kind.extensions.split(" ").map((extension) => [`.${extension}`, kind])),
);

const NAMED = 3;

/**
 * Describes files that are left out, most of a kind first. Those with a remedy have a line for each extension, all
 * others share one.
 *
 * @param files paths
 */
export function leftOutLines(files: readonly string[]): string[] {
  const groups = [...Map.groupBy(files.toSorted(), (file) => extname(file).toLowerCase())]
    .sort(([one, first], [other, second]) => second.length - first.length || (one < other ? -1 : 1));
  const lines = groups.flatMap(([extension, same]) => {
    const kind = KIND_OF.get(extension);
    if (!kind) return [];
    const remedy = kind.remedy.replaceAll("EXT", extension);
    return [`${extension}: ${leftOut(same.length)} (${kind.what} are not read). ${remedy}`];
  });
  const rest = groups.filter(([extension]) => !KIND_OF.has(extension));
  if (rest.length === 0) return lines;
  const others = rest.flatMap(([, same]) => same);
  const counts = rest.map(([extension, same]) => `${extension || "no extension"}: ${same.length}`).join(", ");
  const names = others.slice(0, NAMED).join(", ") + (others.length > NAMED ? ", …" : "");
  const are = others.length === 1 ? "is not an image" : "are not images";
  return [...lines, `${leftOut(others.length)} and ${are} (${counts}): ${names}`];
}

function leftOut(count: number): string {
  return count === 1 ? "1 file is left out" : `${count} files are left out`;
}
