/** What doctor finds out about a machine: plain data, so that reports can be made from made-up machines too. */

import type { GpuBuild } from "../engine/tensorflow/gpu_build.ts";

export interface Facts {
  readonly deno: string;
  /** e.g. linux-x86_64. */
  readonly platform: string;
  /** The system's own name, e.g. "Debian GNU/Linux 12 (bookworm)". */
  readonly system: string;
  readonly engine: EngineFacts;
  /** First line of --version; null where there is none. */
  readonly compiler: string | null;
  readonly python: { readonly version: string; readonly pip: boolean } | null;
  readonly processor: { readonly model: string; readonly cores: number; readonly features: readonly string[] };
  /** Names of NVIDIA GPUs, as nvidia-smi gives them, or the reason why it gives none although it is installed. */
  readonly gpus: { readonly names: readonly string[]; readonly problem: string | null };
  /** Bytes; `limit` is the control group's (a container's), null where there is none. */
  readonly memory: { readonly total: number; readonly available: number; readonly limit: number | null };
  readonly cache: {
    readonly path: string;
    readonly bytes: number;
    /** Of `bytes`: what this version cannot use, see `findUnusable`. */
    readonly unusableBytes: number;
    readonly freeBytes: number | null;
    readonly writable: boolean;
  };
  readonly weights: { readonly path: string; readonly there: boolean };
  readonly data: { readonly folder: string; readonly missing: readonly string[] };
  readonly terminal: TerminalFacts;
  readonly sockets: { readonly folder: string; readonly writable: boolean };
  readonly session: {
    /** systemd ends all of a user's processes at logout. */
    readonly killsUserProcesses: boolean;
    readonly slurmJob: string | null;
  };
}

export interface EngineFacts {
  /** The engine that a run would use at once; null where one would be set up first. */
  readonly stored: { readonly version: string; readonly gpu: GpuBuild; readonly from: string } | null;
  /** TensorFlow's version in an engine of an earlier Headlight's that the first run takes over. */
  readonly earlier: string | null;
  /** Why the folder in HEADLIGHT_TENSORFLOW cannot be used. */
  readonly namedError: string | null;
  /** The TensorFlow that the first run builds on: the one in HEADLIGHT_TENSORFLOW, else the one in Python. */
  readonly installed: { readonly path: string; readonly version: string | null } | null;
  /** The pinned wheel for this platform. */
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
