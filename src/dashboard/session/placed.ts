/** Where a run is now. Its events say where it was when they were written, and its folder may have been moved since. */
import { basename, join } from "node:path";
import type { RunEvent } from "../../events.ts";
import { runDirectory } from "../../run/folder/directory.ts";

export interface Place {
  readonly id: string;
  readonly directory: string;
}

/** Returns the event with the run's id and paths as they are now. */
export function placed(event: RunEvent, { id, directory }: Place): RunEvent {
  switch (event.type) {
    case "run":
      return { ...event, id, directory };
    case "end":
      return { ...event, run: id, directory };
    case "checkpoint":
      return { ...event, path: join(runDirectory(directory).checkpoints, basename(event.path)) };
    default:
      return event;
  }
}
