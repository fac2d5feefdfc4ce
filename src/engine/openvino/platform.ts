/** Checks whether OpenVINO can run on the machine. */
import { HeadlightError } from "../../errors.ts";
import { readCpuinfo } from "../processor.ts";
import { glibcVersion, requireGlibc } from "../wheels/glibc.ts";
import type { Wheel } from "../wheels/pinned.ts";
import { OPENVINO } from "./wheel.ts";

/** The facts about a machine on which OpenVINO depends. */
export interface OpenvinoMachine {
  /** The name of the platform, as `platformName`. */
  readonly platform: string;
  /** The text of /proc/cpuinfo; empty if there is none. */
  readonly cpuinfo: string;
  /** The version of glibc, or null if the C library is another one. */
  readonly glibc: string | null;
}

/** Returns the facts about this machine. */
export function thisMachine(platform: string): OpenvinoMachine {
  return { platform, cpuinfo: readCpuinfo(), glibc: glibcVersion() };
}

/**
 * Checks the machine before anything is downloaded.
 *
 * @param wheel the pinned wheel for the platform, or null if there is none
 * @returns the wheel
 * @throws HeadlightError (exit status 1) without a wheel, with too old a C library, or without SSE4.2
 */
export function requireMachine(wheel: Wheel | null, { platform, cpuinfo, glibc }: OpenvinoMachine): Wheel {
  if (platform.startsWith("windows-")) {
    throw new HeadlightError(
      `Headlight uses ${OPENVINO} on Linux and macOS. On Windows, run Headlight inside WSL2.`,
      1,
    );
  }
  if (wheel === null) {
    throw new HeadlightError(`there is no ${OPENVINO} wheel for ${platform}. Use --engine tensorflow or wasm.`, 1);
  }
  requireGlibc(wheel, OPENVINO, glibc);
  // OpenVINO's system requirements name SSE4.2. It chooses AVX2 and AVX-512 at run time.
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1];
  if (platform === "linux-x86_64" && flags !== undefined && !/\bsse4_2\b/.test(flags)) {
    throw new HeadlightError(`this processor has no SSE4.2, which ${OPENVINO} needs. Use --engine wasm.`, 1);
  }
  return wheel;
}
