/** What is known of a wheel before it is downloaded. */

/** A wheel of which the exact file is known. */
export interface PinnedWheel {
  /** The package's name on the package index. */
  readonly package: string;
  readonly version: string;
  /** The platform, as for pip's --platform. */
  readonly platform: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A pinned wheel with an engine's libraries. */
export interface Wheel extends PinnedWheel {
  /** The size of the unpacked parts, in bytes. */
  readonly unpackedBytes: number;
  /** Whether Headlight has been tested on this platform. */
  readonly tried: boolean;
}

/** Returns the name of the platform that Headlight runs on, e.g. linux-x86_64. */
export function platformName(build: { os: string; arch: string } = Deno.build): string {
  return `${build.os}-${build.arch}`;
}
