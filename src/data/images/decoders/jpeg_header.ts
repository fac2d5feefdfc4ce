/** What the markers before a JPEG's pixels say about its colors. */

/** How a JPEG's four channels are stored: `inverted` as Adobe's programs do it, 255 for no ink. */
export type CmykStorage = "inverted" | "plain";

const FILL = 0xff;
const [START_OF_SCAN, END_OF_IMAGE, ADOBE] = [0xda, 0xd9, 0xee];
/** Frame headers are these markers, except for three in between that define tables. */
const [FIRST_FRAME, LAST_FRAME] = [0xc0, 0xcf];
const NO_FRAMES = [0xc4, 0xc8, 0xcc];
/** Markers without a length: TEM, and RST0 to SOI. */
const hasNoLength = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
/** The bytes of a frame header up to its number of channels, and of Adobe's marker with what libjpeg requires of it. */
const [FRAME_BYTES, ADOBE_BYTES] = [10, 16];
const NAME = [...new TextEncoder().encode("Adobe")];

/**
 * Reads the markers of a JPEG whose bytes come in pieces, because a profile or a thumbnail of any length may stand
 * before them. Like libjpeg, it passes over bytes between markers.
 */
export class JpegHeader {
  readonly #segment = new Uint8Array(ADOBE_BYTES);
  #length = 0;
  #skip = 0;
  #channels = 0;
  #isAdobe = false;
  /** Whether further bytes make no difference. */
  #isDone = false;

  /** How the image's CMYK channels are stored; null if it has other channels, or if its markers are incomplete. */
  get cmyk(): CmykStorage | null {
    if (!this.#isDone || this.#channels !== 4) return null;
    return this.#isAdobe ? "inverted" : "plain";
  }

  /** Takes the next bytes of the file. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#isDone;) {
      const skipped = Math.min(this.#skip, bytes.length - at);
      this.#skip -= skipped;
      at += skipped;
      if (at === bytes.length) return;
      this.#segment[this.#length++] = bytes[at++] ?? 0;
      this.#readMarker();
    }
  }

  #readMarker(): void {
    const [start = 0, marker = 0, high = 0, low = 0] = this.#segment;
    if (start !== FILL) return this.#startSegment(0);
    if (this.#length < 2) return;
    // Any number of fill bytes may stand before a marker.
    if (marker === FILL) this.#length = 1;
    else if (marker === 0 || hasNoLength(marker)) this.#startSegment(0);
    else if (marker === START_OF_SCAN || marker === END_OF_IMAGE) this.#isDone = true;
    else if (this.#length >= 4) this.#readSegment(marker, high * 256 + low + 2);
  }

  /** @param bytes the length of the whole segment, from its marker */
  #readSegment(marker: number, bytes: number): void {
    const isFrame = marker >= FIRST_FRAME && marker <= LAST_FRAME && !NO_FRAMES.includes(marker);
    const needed = isFrame ? FRAME_BYTES : marker === ADOBE ? ADOBE_BYTES : 4;
    if (this.#length < Math.min(needed, bytes)) return;
    if (isFrame && bytes >= needed) {
      this.#channels = this.#segment[FRAME_BYTES - 1] ?? 0;
      this.#isDone = this.#channels !== 4;
    }
    if (marker === ADOBE && bytes >= needed) {
      this.#isAdobe ||= NAME.every((byte, place) => this.#segment[4 + place] === byte);
    }
    this.#startSegment(Math.max(0, bytes - this.#length));
  }

  #startSegment(skip: number): void {
    this.#length = 0;
    this.#skip = skip;
  }
}

/** Returns how a whole JPEG's CMYK channels are stored; null if it has others. */
export function cmykIn(bytes: Uint8Array): CmykStorage | null {
  const header = new JpegHeader();
  header.push(bytes);
  return header.cmyk;
}
