/**
 * Decodes HEIC and HEIF files, which phones make, with libheif compiled to WebAssembly: sharp's libheif reads AVIF alone.
 * It is loaded with the first such file, takes 17 MB and computes in the calling thread, so decode in a worker.
 */
import { BrokenImageError, checkSize, type Image, MOST_PIXELS } from "./image.ts";

/** What is used of the functions that libheif-js declares globally, in a file that cannot be imported. */
interface Libheif {
  readonly ready: Promise<unknown>;
  readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown };
  readonly heif_chroma: { readonly heif_chroma_interleaved_RGB: unknown };
  readonly heif_error_code: { readonly heif_error_Ok: unknown };
  readonly HEAPU8: Uint8Array;
  /** A pointer to a `heif_security_limits`, from which every context takes its own. */
  _heif_get_global_security_limits(): number;
  heif_context_alloc(): Context;
  heif_context_free(context: Context): void;
  heif_context_read_from_memory(context: Context, bytes: Uint8Array): Failure;
  heif_js_context_get_primary_image_handle(context: Context): Failure | Handle;
  heif_image_handle_get_width(handle: Handle): number;
  heif_image_handle_get_height(handle: Handle): number;
  heif_image_handle_release(handle: Handle): void;
  heif_js_decode_image2(handle: Handle, colors: unknown, chroma: unknown): Failure | Decoded;
  heif_image_release(image: unknown): void;
}

type Context = { readonly context: never };
type Handle = { readonly handle: never };

interface Failure {
  readonly code: unknown;
  readonly message: string;
}

interface Decoded {
  readonly image: unknown;
  readonly channels: readonly {
    readonly width: number;
    readonly height: number;
    /** Bytes from one row to the next. */
    readonly stride: number;
    /** Inside the library's memory. */
    readonly data: Uint8Array;
  }[];
}

let loading: Promise<Libheif> | null = null;

/** Memory that a large image took stays with the instance, for the next one. */
function instance(): Promise<Libheif> {
  loading ??= (async () => {
    const { default: create } = await import("libheif-js/libheif-wasm/libheif-bundle.mjs");
    const silent = { print: () => {}, printErr: () => {} };
    const libheif: Libheif = create(silent);
    await libheif.ready;
    // Of the image as it is stored: it may say that most of it is cropped away. A struct of a byte for its version, then
    // the most pixels in 64 bits. Its own limit is four times as many.
    const limits = libheif._heif_get_global_security_limits();
    new DataView(libheif.HEAPU8.buffer).setBigUint64(limits + 8, BigInt(MOST_PIXELS), true);
    return libheif;
  })();
  return loading;
}

/**
 * Decodes the primary image to 8-bit RGB, upright: the container says how it is rotated and mirrored, and libheif does
 * it. The EXIF orientation beside it says the same once more and must be ignored.
 *
 * @throws BrokenImageError where it is damaged, cut short, too large, or not compressed with HEVC
 */
export async function decodeHeic(bytes: Uint8Array): Promise<Image> {
  const libheif = await instance();
  try {
    return decodeWith(libheif, bytes);
  } catch (error) {
    if (error instanceof BrokenImageError) throw error;
    // WebAssembly stopped in the middle, so nothing in its memory can be relied on.
    loading = null;
    throw broken(error instanceof Error ? error.message : String(error));
  }
}

function decodeWith(libheif: Libheif, bytes: Uint8Array): Image {
  const context = libheif.heif_context_alloc();
  try {
    const read = libheif.heif_context_read_from_memory(context, bytes);
    if (read.code !== libheif.heif_error_code.heif_error_Ok) throw broken(read.message);
    const handle = succeeded(libheif.heif_js_context_get_primary_image_handle(context));
    try {
      return pixelsOf(libheif, handle);
    } finally {
      libheif.heif_image_handle_release(handle);
    }
  } finally {
    libheif.heif_context_free(context);
  }
}

function pixelsOf(libheif: Libheif, handle: Handle): Image {
  checkSize("heic", libheif.heif_image_handle_get_width(handle), libheif.heif_image_handle_get_height(handle));
  const { heif_colorspace: { heif_colorspace_RGB }, heif_chroma: { heif_chroma_interleaved_RGB } } = libheif;
  const decoded = succeeded(
    libheif.heif_js_decode_image2(handle, heif_colorspace_RGB, heif_chroma_interleaved_RGB),
  );
  try {
    const [channel] = decoded.channels;
    if (channel === undefined) throw broken("it has no colors");
    const { width, height, stride, data } = channel;
    const row = width * 3;
    const pixels = new Uint8Array(height * row);
    for (let y = 0; y < height; y++) pixels.set(data.subarray(y * stride, y * stride + row), y * row);
    return { width, height, pixels };
  } finally {
    libheif.heif_image_release(decoded.image);
  }
}

function succeeded<T extends object>(result: Failure | T): T {
  if ("code" in result) throw broken(result.message);
  return result;
}

function broken(message: string): BrokenImageError {
  const [reason = ""] = message.split("\n");
  return new BrokenImageError(`HEIC: ${reason}`);
}
