/** Describes the engine that computes a run's base. */
import type { EventOf } from "../../events.ts";

type Engine = EventOf<"run">["engine"];

/** Returns the engine, its version, and its device, by name if it is not the processor: `openvino 2026.4.1 on cpu`. */
export function engineText({ kind, version, device, device_name: name }: Engine): string {
  return `${kind} ${version} on ${name ?? device}`;
}

/** Returns the engine with the reason why it was chosen. Older runs do not have one. */
export function chosenEngineText({ why, ...engine }: Engine): string {
  return why === undefined ? engineText(engine) : `${engineText(engine)}, ${why}`;
}
