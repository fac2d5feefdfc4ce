/** The engines as a table and as JSON. Pure. */
import { type EngineKind, type Precision, precisionSchema } from "../config.ts";
import { bytes } from "../dashboard/text/formats.ts";
import type { Device, EnginePresence } from "../engine/engine.ts";
import { MEASURED_TEXT } from "../features/speeds/measured_base.ts";
import { newest, speedText } from "../features/speeds/speed_text.ts";
import type { Speed } from "../features/speeds/speed_store.ts";
import { sentence } from "../sentence.ts";
import { stripControl } from "../text.ts";
import { aligned } from "./aligned.ts";

/** What is known of an engine on this machine. */
export interface EngineFacts {
  readonly kind: EngineKind;
  /** The name in texts. */
  readonly name: string;
  readonly presence: EnginePresence;
  /** The precisions in which it computes a frozen base here. */
  readonly precisions: readonly Precision[];
  /** What was measured here, of this version. */
  readonly speeds: readonly Speed[];
  /** Whether it was only downloaded now, for a machine that may have what this one lacks. */
  readonly downloaded?: boolean;
}

const HEADER = ["engine", "version", "device", ...precisionSchema.options, "here"] as const;

/** Returns the table and the lines that explain it. */
export function engineLines(list: readonly EngineFacts[]): string[] {
  const rows = list.map(cells);
  const lines = aligned([HEADER, ...rows]).map((line) => stripControl(line));
  const has = (mark: string) => rows.some((row) => row.includes(mark));
  lines.push("", `${precisionSchema.options.join(", ")}: images per second with ${MEASURED_TEXT}, measured here`);
  if (has(NOT_COMPUTED)) lines.push(`${NOT_COMPUTED}: the engine or the processor does not compute in this precision`);
  if (has(NOT_MEASURED)) {
    lines.push(`${NOT_MEASURED}: not measured here. To set up an engine and measure it: deno task engine NAME`);
  }
  for (const { kind, presence: { here, problem, deviceName }, downloaded } of list) {
    if (downloaded) continue;
    if (here && deviceName) lines.push(stripControl(`${kind}: computes on ${sentence(deviceName)}`));
    if (!here && problem !== null) lines.push(stripControl(`${kind}: ${sentence(problem)}`));
  }
  return lines;
}

const NOT_COMPUTED = "–";
const NOT_MEASURED = "?";

/** What the table says of a device that only loading the engine tells. */
const UNKNOWN_DEVICE = "cpu/gpu";

function cells({ kind, presence, precisions, speeds, downloaded = false }: EngineFacts): string[] {
  const device: Device | typeof UNKNOWN_DEVICE = presence.device ?? UNKNOWN_DEVICE;
  return [
    kind,
    presence.version ?? NOT_MEASURED,
    device,
    ...precisionSchema.options.map((precision) =>
      precisions.includes(precision) ? speedCell(newest(speeds, precision)) : NOT_COMPUTED
    ),
    downloaded ? downloadedText(presence) : hereText(presence),
  ];
}

function speedCell(speed: Speed | undefined): string {
  return speed === undefined ? NOT_MEASURED : speedText(speed);
}

function hereText({ here, bytes: size, downloadBytes, problem }: EnginePresence): string {
  if (here) return size === 0 ? "yes" : `yes, ${bytes(size)}`;
  if (problem !== null) return size === 0 ? "no, see below" : `no, downloaded ${bytes(size)}, see below`;
  return downloadBytes === 0 ? "no" : `no, downloads ${bytes(downloadBytes)}`;
}

/** What this machine lacks besides the files does not matter to the machine that they are for. */
function downloadedText(presence: EnginePresence): string {
  if (presence.here) return hereText(presence);
  return presence.bytes === 0 ? "downloaded" : `downloaded, ${bytes(presence.bytes)}`;
}

/**
 * Returns what to do after an engine was only downloaded.
 * @param folder the folder of the cache in which engines are
 */
export function downloadedLine(
  { kind, presence: { here, device, bytes: size } }: Pick<EngineFacts, "kind" | "presence">,
  folder: string,
): string {
  // WebGPU on this machine's GPU has no files of its own either, but TensorFlow beside it has.
  if (here && size === 0 && device === "cpu") {
    return `${kind} needs no download. To measure it, run deno task engine ${kind}.`;
  }
  return stripControl(
    `${kind} is downloaded. Next, run deno task engine ${kind} on the machine that computes. If it does not share the ` +
      `folder ${folder}, copy that folder there first, with the times of its files (docs/gpu-server.md has the command).`,
  );
}

/** Returns an engine as one line of JSON. */
export function engineJson({ kind, name, presence, precisions, speeds }: EngineFacts): string {
  const { here, version, device, deviceName = null, bytes, downloadBytes, problem } = presence;
  return JSON.stringify({
    name: kind,
    display_name: name,
    here,
    version,
    device,
    device_name: deviceName,
    precisions,
    bytes,
    download_bytes: downloadBytes,
    problem,
    speeds: precisions.flatMap((precision) => {
      const speed = newest(speeds, precision);
      if (speed === undefined) return [];
      const { base, size, processor, cores, images_per_second, measured } = speed;
      return [{ precision, images_per_second, base, size, processor, cores, measured }];
    }),
  });
}
