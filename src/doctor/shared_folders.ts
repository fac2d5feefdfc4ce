/** What follows from a cache or a folder of runs on a network file system, or on one without locks. Pure. */
import type { Check } from "./check.ts";
import type { FolderFacts } from "./facts.ts";

/** Returns a check for each folder that is on a network file system or cannot be locked; none for local disks. */
export function sharedFolders(folders: readonly FolderFacts[]): Check[] {
  return folders.filter(({ network, lockLack }) => network !== null || lockLack !== null).map(sharedFolder);
}

function sharedFolder({ holds, path, network, lockLack }: FolderFacts): Check {
  const place = `${path} is on ${network === null ? "a disk" : `${network}, a network file system`}`;
  const name = "shared";
  if (holds === "runs") {
    if (lockLack !== null) {
      return {
        status: "missing",
        name,
        text: `runs: ${place} where files cannot be locked (${lockLack}), so two trainers could train the same run`,
        remedy: "Name a folder of runs on another disk with --runs",
        blocks: true,
      };
    }
    const text = `runs: ${place}; watch, stop and checkpoint work from all hosts that see it, within about a minute`;
    return { status: "ok", name, text };
  }
  if (lockLack !== null) {
    return {
      status: "note",
      name,
      text:
        `cache: ${place} where files cannot be locked (${lockLack}); processes may compute the same features twice, ` +
        "and cache clear deletes nothing",
    };
  }
  const text =
    `cache: ${place}; all hosts that see it share the features. A host that does not see them yet, for up to a ` +
    "minute, computes them again";
  return { status: "ok", name, text };
}
