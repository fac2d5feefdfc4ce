/**
 * A machine in a folder: a Python whose pip hands out a wheel of a few bytes, and a compiler that writes a file. The
 * set-up itself (locks, hashes, unpacking, stamps, renames, real child processes) is the real one.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Device, SetupProgress } from "../../src/engine/engine.ts";
import type { Tried } from "../../src/engine/tensorflow/verify.ts";
import type { ProvisionOptions } from "../../src/engine/engines/provision.ts";
import type { CudaSetupOptions } from "../../src/engine/cuda/setup.ts";
import { CUDA_WHEELS, type CudaWheels } from "../../src/engine/cuda/wheels.ts";
import type { OpenvinoSetupOptions } from "../../src/engine/openvino/setup.ts";
import type { Wheel } from "../../src/engine/wheels/pinned.ts";
import { writeFileAtomicSync } from "../../src/files/atomic.ts";
import { zip } from "./zip.ts";

/** Writes a program only once, because a running program cannot be written to. */
function writeProgram(path: string, text: string): void {
  if (!existsSync(path)) Deno.writeTextFileSync(path, text, { mode: 0o755 });
}

export const PLATFORM = "linux-x86_64";
const VERSION = "2.21.0";
const OPENVINO_VERSION = "2026.4.1";

/**
 * Writes a `python3` script. `python3 -c` prints the content of `installed`, or, to a question about a wheel's link, that
 * of `link-PACKAGE`. `python3 -m pip download … -d DIR … PACKAGE==VERSION` copies the package's wheel to DIR and delays
 * its second half by the seconds in the file `slow_download`.
 */
const PYTHON = `#!/bin/sh
here=$(dirname "$0")
echo "python $1" >> "$here/calls"
case "$2" in *find_best_candidate*)
  while [ "$3" ]; do shift; done
  cat "$here/link-$1"
  exit ;;
esac
if [ "$1" = -c ]; then cat "$here/installed" 2>/dev/null; exit 0; fi
if [ -f "$here/pip_error" ]; then cat "$here/pip_error" >&2; exit 1; fi
while [ "$1" != -d ]; do shift; done
case "$3" in
  openvino==*) file=openvino.whl; wheel="$2/openvino-${OPENVINO_VERSION}-1-cp311-cp311-manylinux_2_28_x86_64.whl" ;;
  nvidia*|tensorflow==*) file="\${3%%==*}.whl"; wheel="$2/\${3%%==*}-1-py3-none-manylinux2014_x86_64.whl" ;;
  *) file=small.whl; wheel="$2/tensorflow_cpu-${VERSION}-cp311-cp311-manylinux_2_27_x86_64.whl" ;;
esac
if [ -f "$here/slow_download" ]; then
  head -c 100 "$here/$file" > "$wheel"
  echo half >> "$here/calls"
  sleep "$(cat "$here/slow_download")"
fi
cp "$here/$file" "$wheel"
echo downloaded >> "$here/calls"
echo "$3" >> "$here/packages"
`;

/** Writes a compiler that creates the file after -o, delayed by the seconds in the file `slow`. */
const COMPILER = `#!/bin/sh
here=$(dirname "$0")
if [ "$1" = --version ]; then echo "small g++ 1.0"; exit 0; fi
echo compile >> "$here/calls"
if [ -f "$here/compile_error" ]; then cat "$here/compile_error" >&2; exit 1; fi
if [ -f "$here/slow" ]; then sleep "$(cat "$here/slow")"; fi
while [ "$1" != -o ]; do shift; done
echo addon > "$2"
`;

export const WHEEL_ENTRIES = {
  "tensorflow/libtensorflow_cc.so.2": "library one",
  "tensorflow/libtensorflow_framework.so.2": "library two",
  "tensorflow/include/tensorflow/c/c_api.h": "// header",
  "tensorflow/python/unneeded.py": "pass",
};

const OPENVINO_LIBRARIES = [
  ...["libtbb.so.12", "libopenvino.so.2641", "libopenvino_c.so.2641", "libopenvino_intel_cpu_plugin.so"],
  ...["libopenvino_tensorflow_frontend.so.2641", "libhwloc.so.15", "libtbbbind_2_5.so.3", "libtbbmalloc.so.2"],
];

export const OPENVINO_ENTRIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(OPENVINO_LIBRARIES.map((name) => [`openvino/libs/${name}`, `library ${name}`])),
  "openvino/libs/libopenvino_intel_gpu_plugin.so": "a library for another device",
  "openvino/__init__.py": "pass",
  [`openvino-${OPENVINO_VERSION}.dist-info/licenses/LICENSE`]: "license",
  [`openvino-${OPENVINO_VERSION}.dist-info/licenses/licensing/third-party.txt`]: "licenses of others",
};

/**
 * Returns the entries of a pinned wheel for CUDA.
 * @param library the content of each library; without it, a text with the library's name
 */
function cudaEntries({ package: name, version }: Wheel, library?: Uint8Array): Record<string, string | Uint8Array> {
  const nvidia = CUDA_WHEELS.nvidia.find(({ wheel }) => wheel.package === name);
  if (nvidia === undefined) {
    return { ...WHEEL_ENTRIES, "tensorflow/libtensorflow_cc.so.2": "library one cuDeviceGetCount" };
  }
  const folder = `nvidia/${name}/lib`;
  const libraries = nvidia.libraries.map((file) => [`${folder}/${file}`, library ?? `library ${file} `.repeat(1000)]);
  return {
    ...Object.fromEntries(libraries),
    [`${folder}/libunneeded.so.1`]: "another library",
    [`${name}-${version}.dist-info/License.txt`]: "license",
  };
}

type Steering = "installed" | "pip_error" | "slow_download" | "compile_error" | "slow";

/** Stands in for a child process that loads an addon, and returns what TensorFlow would report. */
export function tried(version: string, device: Device = "cpu"): () => Promise<Tried> {
  return () => Promise.resolve({ version, device });
}

export class SmallMachine {
  readonly cacheRoot: string;
  readonly wheel: Wheel;
  readonly openvino: Wheel;
  readonly cudaWheels: CudaWheels;
  readonly progress: SetupProgress[] = [];

  /** @param cudaLibrary the content of each of CUDA's libraries, see `cudaEntries` */
  constructor(readonly folder: string, cudaLibrary?: Uint8Array) {
    this.cacheRoot = join(folder, "cache");
    this.wheel = this.#makeWheel("small.whl", zip(WHEEL_ENTRIES), {
      package: "tensorflow-cpu",
      version: VERSION,
      platform: "manylinux_2_27_x86_64",
    });
    this.openvino = this.#makeWheel("openvino.whl", zip(OPENVINO_ENTRIES), {
      package: "openvino",
      version: OPENVINO_VERSION,
      platform: "manylinux_2_28_x86_64",
    });
    const small = (wheel: Wheel) =>
      this.#makeWheel(`${wheel.package}.whl`, zip(cudaEntries(wheel, cudaLibrary)), wheel);
    this.cudaWheels = {
      tensorflow: small(CUDA_WHEELS.tensorflow),
      nvidia: CUDA_WHEELS.nvidia.map(({ wheel, libraries }) => ({ wheel: small(wheel), libraries })),
    };
    writeProgram(this.python, PYTHON);
    writeProgram(this.compiler, COMPILER);
  }

  #makeWheel(file: string, content: Uint8Array, facts: Pick<Wheel, "package" | "version" | "platform">): Wheel {
    // Written atomically: a second process on the same machine may replace it while the first one's pip copies it.
    writeFileAtomicSync(join(this.folder, file), content);
    const sha256 = createHash("sha256").update(content).digest("hex");
    const { package: name, version, platform } = facts;
    return { package: name, version, platform, sha256, bytes: content.length, unpackedBytes: 100, tried: true };
  }

  get python(): string {
    return join(this.folder, "python3");
  }

  get compiler(): string {
    return join(this.folder, "c++");
  }

  get engines(): string {
    return join(this.cacheRoot, "engines");
  }

  /** Writes one of the files that control the stand-ins. */
  set(name: Steering, text: string): void {
    Deno.writeTextFileSync(join(this.folder, name), text);
  }

  unset(name: Steering): void {
    Deno.removeSync(join(this.folder, name));
  }

  /**
   * Returns the calls and steps so far: "python -c", "python -m", "half" of a slow download, "downloaded", "compile".
   */
  calls(): string[] {
    try {
      return Deno.readTextFileSync(join(this.folder, "calls")).trim().split("\n");
    } catch {
      return [];
    }
  }

  /** Returns how many wheels of a package pip has downloaded. */
  downloads(name: string): number {
    const path = join(this.folder, "packages");
    const lines = existsSync(path) ? Deno.readTextFileSync(path).split("\n") : [];
    return lines.filter((line) => line.startsWith(`${name}==`)).length;
  }

  /** Lets pip tell the address of a package's wheel. */
  setLink({ package: name, sha256 }: Wheel, url: string, hash: string | null = sha256): void {
    const link = { url, ...(hash === null ? { "no hash": null } : { sha256: hash }) };
    Deno.writeTextFileSync(join(this.folder, `link-${name}`), JSON.stringify(link));
  }

  /** Creates a made-up Python package `tensorflow` of this version with its .dist-info folder. */
  installPackage(version: string): string {
    const site = join(this.folder, "site-packages");
    const path = join(site, "tensorflow");
    Deno.mkdirSync(join(path, "include", "tensorflow", "c"), { recursive: true });
    Deno.mkdirSync(join(site, `tensorflow-${version}.dist-info`), { recursive: true });
    for (const [entry, text] of Object.entries(WHEEL_ENTRIES)) {
      if (!entry.endsWith(".py")) Deno.writeTextFileSync(join(site, entry), text);
    }
    return path;
  }

  /** Returns the options for setting up OpenVINO. */
  openvinoOptions(more: Partial<OpenvinoSetupOptions> = {}): OpenvinoSetupOptions {
    const machine = { platform: PLATFORM, cpuinfo: "flags : sse4_2 avx", glibc: "2.36" };
    return { ...this.options(), openvino: this.openvino, machine, ...more };
  }

  /** Returns the options for setting up CUDA. */
  cudaOptions(more: Partial<CudaSetupOptions> = {}): CudaSetupOptions {
    const asked = () => Promise.resolve();
    return { ...this.options(), cudaWheels: this.cudaWheels, verifyGpu: asked, place: "linux", ...more };
  }

  options(more: Partial<ProvisionOptions> = {}): ProvisionOptions {
    return {
      cacheRoot: this.cacheRoot,
      onProgress: (progress) => this.progress.push(progress),
      env: (name) => name === "CXX" ? this.compiler : undefined,
      platform: PLATFORM,
      python: this.python,
      wheel: this.wheel,
      verify: tried(VERSION),
      ...more,
    };
  }
}
