/** The wheels that Headlight pins for CUDA: TensorFlow's build, and NVIDIA's libraries that it opens. */
import prettyBytes from "pretty-bytes";
import type { Wheel } from "../wheels/pinned.ts";
import type { WheelParts } from "../wheels/provide.ts";
import { TENSORFLOW_CUDA } from "./build.ts";

/** The name of the engine in messages. */
export const CUDA = "CUDA";

/** The platform for which the wheels are pinned, as `platformName`. */
export const CUDA_PLATFORM = "linux-x86_64";

/** A wheel of NVIDIA's, and its libraries that are needed. */
export interface NvidiaWheel {
  readonly wheel: Wheel;
  readonly libraries: readonly string[];
}

/** All wheels that are needed. */
export interface CudaWheels {
  readonly tensorflow: Wheel;
  /**
   * In the order in which they are downloaded: large ones first, so that little space is needed beside the libraries.
   */
  readonly nvidia: readonly NvidiaWheel[];
}

function nvidia(
  name: string,
  version: string,
  sha256: string,
  bytes: number,
  unpackedBytes: number,
  libraries: readonly string[],
): NvidiaWheel {
  const wheel = { package: `nvidia-${name}-cu12`, version, platform: "manylinux2014_x86_64", sha256, bytes };
  return { wheel: { ...wheel, unpackedBytes, tried: true }, libraries };
}

/**
 * TensorFlow's build for CUDA 12.5, and the lowest versions of NVIDIA's packages that its metadata allows, with which
 * it was built. Each hash was computed from the file that pip downloaded.
 *
 * The libraries are those that TensorFlow opens, and those that cuDNN's libcudnn.so.9 opens from its own folder. The
 * wheels have a few more (libnvblas, libcufftw, libcusolverMg).
 */
export const CUDA_WHEELS: CudaWheels = {
  tensorflow: {
    package: "tensorflow",
    version: TENSORFLOW_CUDA.version,
    platform: "manylinux_2_27_x86_64",
    sha256: "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124",
    bytes: 572_440_367,
    unpackedBytes: 1_262_000_000,
    tried: true,
  },
  nvidia: [
    nvidia(
      "cudnn",
      "9.3.0.75",
      "9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d",
      577_163_502,
      885_400_000,
      [
        "libcudnn.so.9",
        "libcudnn_adv.so.9",
        "libcudnn_cnn.so.9",
        "libcudnn_engines_precompiled.so.9",
        "libcudnn_engines_runtime_compiled.so.9",
        "libcudnn_graph.so.9",
        "libcudnn_heuristic.so.9",
        "libcudnn_ops.so.9",
      ],
    ),
    nvidia(
      "cublas",
      "12.5.3.2",
      "ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b",
      363_313_169,
      551_100_000,
      ["libcublas.so.12", "libcublasLt.so.12"],
    ),
    nvidia(
      "cusparse",
      "12.5.1.3",
      "016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752",
      217_558_979,
      295_800_000,
      ["libcusparse.so.12"],
    ),
    nvidia(
      "cufft",
      "11.2.3.61",
      "9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8",
      192_524_114,
      276_900_000,
      ["libcufft.so.11"],
    ),
    nvidia(
      "cusolver",
      "11.6.3.83",
      "93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b",
      130_341_232,
      128_100_000,
      ["libcusolver.so.11"],
    ),
    nvidia(
      "nvjitlink",
      "12.5.82",
      "f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212",
      21_298_879,
      54_700_000,
      ["libnvJitLink.so.12"],
    ),
    nvidia(
      "cuda-runtime",
      "12.5.82",
      "3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115",
      895_707,
      800_000,
      ["libcudart.so.12"],
    ),
  ],
};

/** Returns all wheels in the order in which they are downloaded. */
export function allWheels({ tensorflow, nvidia }: CudaWheels): Wheel[] {
  return [tensorflow, ...nvidia.map(({ wheel }) => wheel)];
}

/** Returns the size of the downloads of wheels. */
export function downloadBytes(wheels: readonly Wheel[]): number {
  return wheels.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Returns what the progress says while a wheel is downloaded: how much it is in all, and which wheel this is. */
export function downloadText(wheels: CudaWheels, { package: name, version }: Wheel): string {
  const all = allWheels(wheels);
  const place = all.findIndex((wheel) => wheel.package === name) + 1;
  return `${CUDA} (${prettyBytes(downloadBytes(all))}, wheel ${place} of ${all.length}): ${name} ${version}`;
}

const LIBRARY = /^nvidia\/[^/]+\/lib\/([^/]+)$/;
const LICENSE = /^[^/]+\.dist-info\/(License\.txt)$/;

/** Returns the parts of NVIDIA's wheels that are needed: the libraries and the license, directly in the folder. */
export function nvidiaParts(wheels: CudaWheels): WheelParts[] {
  return wheels.nvidia.map(({ wheel, libraries }) => ({
    engine: CUDA,
    wheel,
    required: libraries,
    what: downloadText(wheels, wheel),
    placeOf(entry) {
      const library = LIBRARY.exec(entry)?.[1];
      if (library !== undefined && libraries.includes(library)) return library;
      return LICENSE.exec(entry)?.[1] ?? null;
    },
  }));
}
