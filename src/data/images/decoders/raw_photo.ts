/**
 * Recognizes raw photos. They are TIFF files too, but their first page is a thumbnail, which must not be used as the
 * photo.
 */

const NEW_SUBFILE_TYPE = 254;
const REDUCED_RESOLUTION = 1;
const ENTRY_BYTES = 12;

/**
 * Returns whether a TIFF is a raw photo: CR2, or a file whose first page is marked as reduced, as in NEF, ARW and DNG.
 */
export function isRawPhoto(tiff: Uint8Array): boolean {
  if (tiff[8] === 0x43 && tiff[9] === 0x52) return true;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = tiff[0] === 0x49;
  // Cameras do not write BigTIFF.
  if (tiff.length < 8 || view.getUint16(2, little) !== 42) return false;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return false;
  const entries = view.getUint16(directory, little);
  for (let index = 0; index < entries; index++) {
    const at = directory + 2 + index * ENTRY_BYTES;
    if (at + ENTRY_BYTES > tiff.length) return false;
    if (view.getUint16(at, little) !== NEW_SUBFILE_TYPE) continue;
    return (view.getUint32(at + 8, little) & REDUCED_RESOLUTION) !== 0;
  }
  return false;
}
