/** Returns the text that a C function wrote into a buffer: all before the first NUL. */
export function textIn(buffer: Uint8Array): string {
  const end = buffer.indexOf(0);
  return new TextDecoder().decode(end === -1 ? buffer : buffer.subarray(0, end));
}
