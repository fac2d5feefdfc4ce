/** What doctor finds out about a machine. Plain data, so that tests can make reports for any machine. */

import type { KeptRounding } from "../features/base/kept_roundings.ts";
import type { Ranking } from "../features/speeds/ranking.ts";
import type { Speed } from "../features/speeds/speed_store.ts";
import type { Detection } from "../engine/cuda/detection.ts";
import type { Place } from "../engine/cuda/place.ts";
import type { GpuBuild } from "../engine/tensorflow/gpu_build.ts";
import type { WebgpuFacts } from "./webgpu_text.ts";

export interface Facts {
  readonly deno: string;
  /** For example linux-x86_64. */
  readonly platform: string;
  /** The operating system's name, for example "Debian GNU/Linux 12 (bookworm)". */
  readonly system: string;
  readonly engine: EngineFacts;
  /** What the measured speeds say of the default base at its default size, in float32. */
  readonly auto: { readonly ranking: Ranking; readonly size: number };
  /** The first line of the compiler's --version; null if there is no compiler. */
  readonly compiler: string | null;
  readonly python: { readonly version: string; readonly pip: boolean } | null;
  readonly processor: { readonly model: string; readonly cores: number; readonly features: readonly string[] };
  /** What NVIDIA's driver says about its GPUs, and the place, on which the remedy depends. */
  readonly cuda: {
    readonly detection: Detection;
    readonly place: Place;
    /** The version of TensorFlow for CUDA that is set up; null if none is. */
    readonly build: string | null;
    /** Whether HEADLIGHT_TENSORFLOW names a folder, so that no other build is used. */
    readonly named: boolean;
    /** The size of what `engine cuda` would download without HEADLIGHT_TENSORFLOW. */
    readonly downloadBytes: number;
  };
  /** What WebGPU finds. */
  readonly webgpu: WebgpuFacts;
  /** The names of NVIDIA GPUs as nvidia-smi prints them, or why an installed nvidia-smi prints none. */
  readonly gpus: { readonly names: readonly string[]; readonly problem: string | null };
  /** In bytes. `limit` is that of the control group (a container's), or null if there is none. */
  readonly memory: { readonly total: number; readonly available: number; readonly limit: number | null };
  readonly cache: {
    readonly path: string;
    readonly bytes: number;
    /** The part of `bytes` that this version cannot use, see `findUnusable`. */
    readonly unusableBytes: number;
    readonly freeBytes: number | null;
    readonly writable: boolean;
  };
  /** The cache and the default folder of runs. */
  readonly folders: readonly FolderFacts[];
  /** What bfloat16 changes in the bases whose graphs are in the cache. */
  readonly roundings: readonly KeptRounding[];
  /** How fast engines were on this processor. */
  readonly speeds: readonly Speed[];
  readonly weights: { readonly path: string; readonly there: boolean };
  readonly data: { readonly folder: string; readonly missing: readonly string[] };
  readonly terminal: TerminalFacts;
  readonly sockets: { readonly folder: string; readonly writable: boolean };
  readonly session: {
    /** Whether systemd ends all of the user's processes at logout. */
    readonly killsUserProcesses: boolean;
    readonly slurmJob: string | null;
  };
}

/** A folder that several hosts may share. */
export interface FolderFacts {
  readonly holds: "cache" | "runs";
  readonly path: string;
  /** The type of the network file system on which it is; null if it is on none, or if this is not known. */
  readonly network: string | null;
  /** Why files there cannot be locked, as a clause; null if they can. */
  readonly lockLack: string | null;
}

export interface EngineFacts {
  /**
   * The engine that a run would use; null if it would have to be set up first. `from` says where TensorFlow came from
   * and is.
   */
  readonly stored: {
    readonly version: string;
    readonly gpu: GpuBuild;
    readonly from: string;
  } | null;
  /** The TensorFlow version of an engine set up by an earlier version of Headlight, which the first run converts. */
  readonly earlier: string | null;
  /** Why the folder in HEADLIGHT_TENSORFLOW cannot be used; null if it can or is not set. */
  readonly namedError: string | null;
  /** The installed TensorFlow that the first run uses: the one in HEADLIGHT_TENSORFLOW, otherwise the one in Python. */
  readonly installed: { readonly path: string; readonly version: string | null } | null;
  /** The pinned wheel for this platform; null if there is none. `tried` tells whether it has been tested. */
  readonly wheel: { readonly version: string; readonly bytes: number; readonly tried: boolean } | null;
  readonly wasmVersion: string;
}

export interface TerminalFacts {
  readonly tty: boolean;
  readonly columns: number | null;
  readonly rows: number | null;
  readonly term: string | null;
  readonly noColor: boolean;
  readonly trueColor: boolean;
  readonly utf8: boolean;
  readonly multiplexer: "tmux" | "screen" | null;
}
