/** Kept apart from the decoder itself: whoever only needs a key is not to load it. */

/**
 * Part of feature keys: to be raised when other pixels come out of the same file, be it by this code or by another
 * version of sharp or bmp-ts in deno.json.
 */
export const DECODER_VERSION = "1: sharp 0.35.5, bmp-ts 1.0.9";
