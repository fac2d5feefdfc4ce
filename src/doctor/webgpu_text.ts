/** What doctor says of WebGPU. Pure. */
import { explainWebgpu, SOFTWARE_VARIABLE, type WebgpuDetection, type WebgpuPlace } from "../engine/webgpu/adapter.ts";

export interface WebgpuFacts {
  readonly detection: WebgpuDetection;
  /** The place, on which the remedy depends. */
  readonly place: WebgpuPlace;
  /** Whether something other than WebGPU shows that the machine has a GPU. */
  readonly hasGpu: boolean;
}

export interface WebgpuText {
  readonly status: "ok" | "note";
  readonly text: string;
  readonly remedy?: string;
}

/** Where a person reads the remedy that doctor leaves out on a machine without a sign of a GPU. */
export const WHERE_REMEDY = "If the machine has a GPU, deno task engine says what to do";

/**
 * A machine without a GPU lacks nothing, so unless there is a sign of one, the remedy is left out, and the text says
 * where to read it.
 */
export function webgpuText({ detection, place, hasGpu }: WebgpuFacts): WebgpuText {
  if (detection.kind === "usable") {
    const { name, software } = detection.adapter;
    return software
      ? { status: "note", text: `${name}, which computes on the processor; allowed by ${SOFTWARE_VARIABLE}` }
      : { status: "ok", text: `${name}; --engine webgpu computes the base on it` };
  }
  const { problem, remedy } = explainWebgpu(detection, place);
  switch (detection.kind) {
    case "no loader":
    case "no adapter":
    case "software":
      return hasGpu ? { status: "note", text: problem, remedy } : { status: "ok", text: `${problem}. ${WHERE_REMEDY}` };
    default:
      return { status: "note", text: problem, remedy };
  }
}
