/** Runs the setup of an engine in a command, which a signal stops. Says then whether the download is kept. */
import type { SetupProgress, SetupRequest } from "../engine/engine.ts";
import { findOutAboutLocks } from "../files/lock_ability.ts";
import { enginesFolder } from "../engine/wheels/folders.ts";
import { hasDownloads } from "../engine/wheels/kept.ts";
import { cacheRoot } from "../paths.ts";
import { complain } from "./output.ts";
import { isDownload } from "./setup_text.ts";
import type { StatusLine } from "./status_line.ts";
import { StoppedError, untilStopped } from "./stoppable.ts";

/** What a setup needs from the command. */
export type SetupServices = Required<Pick<SetupRequest, "cacheRoot" | "onProgress">> & { readonly signal: AbortSignal };

/**
 * Runs a setup, shows its progress on the status line, and returns its result.
 * @throws StoppedError if a signal stopped it, once its processes have ended and incomplete files are removed
 */
export async function setUp<T>(status: StatusLine, work: (services: SetupServices) => Promise<T>): Promise<T> {
  const sinceMs = Date.now();
  const root = cacheRoot();
  let download: SetupProgress | undefined;
  const onProgress = (progress: SetupProgress) => {
    if (isDownload(progress)) download = progress;
    status.progress(progress);
  };
  await findOutAboutLocks(root);
  try {
    return await untilStopped((signal) => work({ cacheRoot: root, onProgress, signal }));
  } catch (error) {
    status.clear();
    if (error instanceof StoppedError && download !== undefined) {
      const isWhole = download.done >= download.total;
      if (hasDownloads(enginesFolder(root), { sinceMs, isWhole })) {
        complain("What was downloaded so far is kept; the same command goes on.");
      }
    }
    throw error;
  } finally {
    status.clear();
  }
}
