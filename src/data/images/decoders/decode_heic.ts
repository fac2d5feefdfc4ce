/**
 * Decodes HEIC and HEIF files, which phones write, with libheif compiled to WebAssembly: sharp's build of libheif only
 * reads AVIF. The library is loaded with the first such file, takes 17 MB and computes in the calling thread, so use it
 * in a worker.
 */
import { BrokenImageError, checkSize, type Image, MOST_PIXELS } from "./image.ts";

/**
 * The functions of libheif-js that are used. The library declares its types globally in a file that cannot be imported.
 */
interface Libheif {
  readonly ready: Promise<unknown>;
  readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown };
  readonly heif_chroma: { readonly heif_chroma_interleaved_RGB: unknown };
  readonly heif_error_code: { readonly heif_error_Ok: unknown };
  readonly HEAPU8: Uint8Array;
  /** Returns a pointer to the `heif_security_limits` that every new context copies. */
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
    /** A view of the library's memory. */
    readonly data: Uint8Array;
  }[];
}

let loading: Promise<Libheif> | null = null;

/** Returns the library, loaded on first use. It keeps the memory that a large image needed for later images. */
function instance(): Promise<Libheif> {
  loading ??= (async () => {
    const { default: create } = await import("libheif-js/libheif-wasm/libheif-bundle.mjs");
    const silent = { print: () => {}, printErr: () => {} };
    const libheif: Libheif = create(silent);
    await libheif.ready;
    // Limits the size of the stored image, most of which may be cropped away. The struct has a byte for its version and
    // then the maximum number of pixels in 64 bits; libheif's default is four times as large.
    const limits = libheif._heif_get_global_security_limits();
    new DataView(libheif.HEAPU8.buffer).setBigUint64(limits + 8, BigInt(MOST_PIXELS), true);
    return libheif;
  })();
  return loading;
}

/**
 * Decodes the primary image to 8-bit RGB. libheif rotates and mirrors it as the container says. The EXIF orientation
 * repeats the same information and must be ignored.
 *
 * @throws BrokenImageError if the file is damaged, truncated, or not compressed with HEVC; TooManyPixelsError if it has
 * more than `most` pixels
 */
export async function decodeHeic(bytes: Uint8Array, most: number): Promise<Image> {
  const libheif = await instance();
  try {
    return decodeWith(libheif, bytes, most);
  } catch (error) {
    if (error instanceof BrokenImageError) throw error;
    // After an exception inside WebAssembly its memory cannot be relied on, so the library is loaded again for the next
    // image.
    loading = null;
    throw broken(error instanceof Error ? error.message : String(error));
  }
}

function decodeWith(libheif: Libheif, bytes: Uint8Array, most: number): Image {
  const context = libheif.heif_context_alloc();
  try {
    const read = libheif.heif_context_read_from_memory(context, bytes);
    if (read.code !== libheif.heif_error_code.heif_error_Ok) throw broken(read.message);
    const handle = succeeded(libheif.heif_js_context_get_primary_image_handle(context));
    try {
      return pixelsOf(libheif, handle, most);
    } finally {
      libheif.heif_image_handle_release(handle);
    }
  } finally {
    libheif.heif_context_free(context);
  }
}

function pixelsOf(libheif: Libheif, handle: Handle, most: number): Image {
  const [shownWidth, shownHeight] = [
    libheif.heif_image_handle_get_width(handle),
    libheif.heif_image_handle_get_height(handle),
  ];
  checkSize("heic", shownWidth, shownHeight, most);
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
