/** What TensorFlow's build for CUDA needs of a machine. Pure. */

/** A compute capability, e.g. { major: 8, minor: 9 }. */
export interface Capability {
  readonly major: number;
  readonly minor: number;
}

/** A version of CUDA and the first NVIDIA driver for Linux that supports it. */
interface DriverNeed {
  /** As cuDriverGetVersion reports it: 1000 times the major version plus 10 times the minor version. */
  readonly cuda: number;
  readonly driver: string;
}

export interface CudaBuild {
  /** The version of TensorFlow. */
  readonly version: string;
  readonly driver: DriverNeed;
  /** What a GPU needs for which the build has some kernels only as PTX, which the driver compiles. */
  readonly ptxDriver: DriverNeed;
  /** The lowest compute capability that the build has kernels for. */
  readonly lowest: Capability;
  /** The major version of compute capability from which on some kernels exist only as PTX. */
  readonly ptxFrom: number;
  /** The major version from which on nothing runs. */
  readonly tooNewFrom: number;
  /** The file names of the libraries that it opens, in an order in which each finds those that it needs itself. */
  readonly libraries: readonly string[];
}

/**
 * The wheel `tensorflow` 2.21.0 for Linux on x86-64, which is built for CUDA 12.5 and cuDNN 9.3.
 *
 * Its kernels were listed from the wheel's libraries: all exist as machine code for 6.0, 7.0, 8.0 and 8.9, which also
 * runs on later GPUs of the same major version. For 9.0, 249 modules of libtensorflow_cc exist as machine code and
 * 1,149 only as PTX 8.5, which needs a driver for CUDA 12.5. GPUs of capability 12.0 reject that PTX
 * (tensorflow/tensorflow#89272, #101746).
 *
 * Any driver for CUDA 12.x runs the rest (NVIDIA's "CUDA Compatibility", minor version compatibility: 525 or newer).
 */
export const TENSORFLOW_CUDA: CudaBuild = {
  version: "2.21.0",
  driver: { cuda: 12_000, driver: "525.60.13" },
  ptxDriver: { cuda: 12_050, driver: "555.42.02" },
  lowest: { major: 6, minor: 0 },
  ptxFrom: 9,
  tooNewFrom: 10,
  libraries: [
    "libcudart.so.12",
    "libcublasLt.so.12",
    "libcublas.so.12",
    "libcufft.so.11",
    "libnvJitLink.so.12",
    "libcusparse.so.12",
    "libcusolver.so.11",
    "libcudnn.so.9",
  ],
};

/** How a build computes on a GPU: with machine code, with PTX that is compiled at first use, or not at all. */
export type Kernels = "binary" | "ptx" | "too low" | "too new";

export function kernelsFor({ major, minor }: Capability, { lowest, ptxFrom, tooNewFrom }: CudaBuild): Kernels {
  if (major < lowest.major || (major === lowest.major && minor < lowest.minor)) return "too low";
  if (major >= tooNewFrom) return "too new";
  return major >= ptxFrom ? "ptx" : "binary";
}

export function capabilityText({ major, minor }: Capability): string {
  return `${major}.${minor}`;
}

/** Returns a version of CUDA as people write it: 12050 is 12.5. */
export function cudaVersionText(version: number): string {
  return `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`;
}
