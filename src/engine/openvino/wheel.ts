/** The OpenVINO wheels that Headlight pins: their files, their hashes, and the parts that are needed. */
import type { Wheel } from "../wheels/pinned.ts";
import type { WheelParts } from "../wheels/provide.ts";

const VERSION = "2026.4.1";
/** The version in the names of the libraries. */
const SO_VERSION = "2641";

/** The name in messages. */
export const OPENVINO = "OpenVINO";

/**
 * The wheels by `${os}-${arch}` of Deno.build. Each hash was computed from the file that pip downloaded for that
 * platform. Only Linux on x86-64 has been tested. The others use the same code.
 */
const WHEELS: Readonly<Record<string, Wheel>> = {
  "linux-x86_64": {
    package: "openvino",
    version: VERSION,
    platform: "manylinux_2_28_x86_64",
    sha256: "2d22b1da03f7caf74df30e9f6417d0ab2f637e4a38e08e1dcd294d2c37407aaf",
    bytes: 59_130_756,
    unpackedBytes: 91_100_000,
    tried: true,
  },
  "linux-aarch64": {
    package: "openvino",
    version: VERSION,
    platform: "manylinux_2_35_aarch64",
    sha256: "bea1eb3733c34ef331adc945da0ccda5937865031139073663be84c517ffda22",
    bytes: 30_348_540,
    unpackedBytes: 68_200_000,
    tried: false,
  },
  "darwin-aarch64": {
    package: "openvino",
    version: VERSION,
    platform: "macosx_11_0_arm64",
    sha256: "d3740853691ae4a9003bc3417a4625d848e2cc3251af4b815c59199b38be252a",
    bytes: 33_302_114,
    unpackedBytes: 106_600_000,
    tried: false,
  },
};

/** Returns the pinned wheel for a platform, or null if OpenVINO publishes none that Headlight can use. */
export function openvinoWheel(platform: string): Wheel | null {
  return WHEELS[platform] ?? null;
}

/** The file names of the libraries that are needed. */
export interface LibraryNames {
  /** The libraries that the C library needs, in the order in which they must be opened. */
  readonly before: readonly string[];
  /** The library with the C API. */
  readonly c: string;
  /**
   * The libraries that OpenVINO opens itself, from the folder of its other libraries: the plugin for the processor, the
   * reader of TensorFlow's graphs, and those of TBB for the processor's topology and for memory.
   */
  readonly later: readonly string[];
}

/**
 * Returns the names of the libraries that are opened when a TensorFlow graph is read and compiled for the processor (by
 * strace on Linux). The wheel has 12 more, for GPUs and other formats of models.
 */
export function libraryNames(platform: string): LibraryNames {
  const mac = platform.startsWith("darwin-");
  const versioned = (name: string, version: string) => mac ? `${name}.${version}.dylib` : `${name}.so.${version}`;
  const plugin = platform.endsWith("-aarch64") ? "libopenvino_arm_cpu_plugin.so" : "libopenvino_intel_cpu_plugin.so";
  return {
    before: [versioned("libtbb", "12"), versioned("libopenvino", SO_VERSION)],
    c: versioned("libopenvino_c", SO_VERSION),
    later: [
      plugin,
      versioned("libopenvino_tensorflow_frontend", SO_VERSION),
      mac ? "libhwloc.dylib" : "libhwloc.so.15",
      versioned("libtbbbind_2_5", "3"),
      versioned("libtbbmalloc", "2"),
    ],
  };
}

const LIBRARIES = "openvino/libs/";
const LICENSES = /^openvino-[^/]+\.dist-info\/licenses\/(?:[^/]+\/)*([^/]+)$/;

/** Returns the parts of a wheel that are needed: the libraries, directly in the folder, and licenses/. */
export function openvinoParts(wheel: Wheel, platform: string): WheelParts {
  const { before, c, later } = libraryNames(platform);
  const required = [...before, c, ...later];
  const libraries = new Set(required);
  return {
    engine: OPENVINO,
    wheel,
    required,
    placeOf(entry) {
      const library = entry.startsWith(LIBRARIES) ? entry.slice(LIBRARIES.length) : "";
      if (libraries.has(library)) return library;
      const [, license] = LICENSES.exec(entry) ?? [];
      return license === undefined || license === ".." ? null : `licenses/${license}`;
    },
  };
}
