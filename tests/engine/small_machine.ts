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
import type { Wheel } from "../../src/engine/tensorflow/wheel.ts";
import { writeFileAtomicSync } from "../../src/files/atomic.ts";
import { zip } from "./zip.ts";

/** Writes a program only once, because a running program cannot be written to. */
function writeProgram(path: string, text: string): void {
  if (!existsSync(path)) Deno.writeTextFileSync(path, text, { mode: 0o755 });
}

export const PLATFORM = "linux-x86_64";
const VERSION = "2.21.0";

/**
 * Writes a `python3` script. `python3 -c` prints the content of `installed`. `python3 -m pip download … -d DIR …`
 * copies the wheel to DIR and delays its second half by the seconds in the file `slow_download`.
 */
const PYTHON = `#!/bin/sh
here=$(dirname "$0")
echo "python $1" >> "$here/calls"
if [ "$1" = -c ]; then cat "$here/installed" 2>/dev/null; exit 0; fi
if [ -f "$here/pip_error" ]; then cat "$here/pip_error" >&2; exit 1; fi
while [ "$1" != -d ]; do shift; done
wheel="$2/tensorflow_cpu-${VERSION}-cp311-cp311-manylinux_2_27_x86_64.whl"
if [ -f "$here/slow_download" ]; then
  head -c 100 "$here/small.whl" > "$wheel"
  echo half >> "$here/calls"
  sleep "$(cat "$here/slow_download")"
fi
cp "$here/small.whl" "$wheel"
echo downloaded >> "$here/calls"
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

type Steering = "installed" | "pip_error" | "slow_download" | "compile_error" | "slow";

/** Stands in for a child process that loads an addon, and returns what TensorFlow would report. */
export function tried(version: string, device: Device = "cpu"): () => Promise<Tried> {
  return () => Promise.resolve({ version, device });
}

export class SmallMachine {
  readonly cacheRoot: string;
  readonly wheel: Wheel;
  readonly progress: SetupProgress[] = [];

  constructor(readonly folder: string) {
    this.cacheRoot = join(folder, "cache");
    const content = zip(WHEEL_ENTRIES);
    this.wheel = {
      package: "tensorflow-cpu",
      version: VERSION,
      platform: "manylinux_2_27_x86_64",
      sha256: createHash("sha256").update(content).digest("hex"),
      bytes: content.length,
      unpackedBytes: 100,
      tried: true,
    };
    // Written atomically: a second process on the same machine may replace it while the first one's pip copies it.
    writeFileAtomicSync(join(folder, "small.whl"), content);
    writeProgram(this.python, PYTHON);
    writeProgram(this.compiler, COMPILER);
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
