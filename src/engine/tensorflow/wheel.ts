/** The TensorFlow wheels that Headlight pins: their files, their hashes, and the parts that are needed. */

import type { Wheel } from "../wheels/pinned.ts";

/**
 * The wheels by `${os}-${arch}` of Deno.build. Each hash was computed from the file that pip downloaded for that
 * platform. Only Linux on x86-64 has been tested. The others use the same code.
 */
const WHEELS: Readonly<Record<string, Wheel>> = {
  "linux-x86_64": {
    package: "tensorflow-cpu",
    version: "2.21.0",
    platform: "manylinux_2_27_x86_64",
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    bytes: 273_829_956,
    unpackedBytes: 854_000_000,
    tried: true,
  },
  "linux-aarch64": {
    package: "tensorflow",
    version: "2.21.0",
    platform: "manylinux_2_27_aarch64",
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    bytes: 281_828_020,
    unpackedBytes: 884_000_000,
    tried: false,
  },
  "darwin-aarch64": {
    package: "tensorflow",
    version: "2.21.0",
    platform: "macosx_12_0_arm64",
    sha256: "51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88",
    bytes: 223_405_849,
    unpackedBytes: 742_000_000,
    tried: false,
  },
};

/** Returns the pinned wheel for a platform, or null if TensorFlow publishes none. */
export function wheelFor(platform: string): Wheel | null {
  return WHEELS[platform] ?? null;
}

/** Returns the file names of the two libraries that the addon links to. */
export function libraryNames(platform: string): readonly [string, string] {
  return platform.startsWith("darwin-")
    ? ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"]
    : ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
}

/**
 * The folders of the wheel's include/ that the addon's sources use: by `g++ -M`, 15 of 13,000 headers. Unpacking all
 * would write 270 MB.
 */
const HEADER_FOLDERS = ["tensorflow/c/", "tensorflow/core/platform/", "tsl/platform/", "xla/tsl/c/"];

/**
 * Returns the path of a wheel's file relative to the engine's folder, or null if the file is not needed. Libraries go
 * to the top, headers below include/.
 */
export function placeOf(entry: string, platform: string): string | null {
  for (const library of libraryNames(platform)) if (entry === `tensorflow/${library}`) return library;
  const include = "tensorflow/include/";
  if (!entry.startsWith(include) || !entry.endsWith(".h") || entry.includes("..")) return null;
  const header = entry.slice(include.length);
  return HEADER_FOLDERS.some((folder) => header.startsWith(folder)) ? `include/${header}` : null;
}
