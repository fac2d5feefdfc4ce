/** Starts a process that sets an engine up beside a run. */
import { join } from "node:path";
import { z } from "zod";
import type { EngineKind } from "../../config.ts";
import { PROJECT_ROOT } from "../../paths.ts";
import { programArgs } from "../../program.ts";

/** What the process reports at its end. It reports nothing if it was ended. */
const fetchReportSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("fetched"), version: z.string() }),
  z.object({ type: z.literal("failed"), why: z.string() }),
]);
export type FetchReport = z.infer<typeof fetchReportSchema>;

/** How long the process may take to remove what is incomplete, in milliseconds. */
const CLEANING_UP_MS = 3000;

/** An engine that is being set up. */
export interface Fetching {
  /** The report of the process; null if it was ended before. Never rejects. */
  readonly done: Promise<FetchReport | null>;
  /** Ends the process, which removes what is incomplete. Resolves when it has exited. */
  end(): Promise<void>;
}

/**
 * Starts setting an engine up.
 *
 * @param env environment variables in addition to those of this process
 */
export function startFetch(kind: EngineKind, env: Readonly<Record<string, string>> = {}): Fetching {
  const main = join(PROJECT_ROOT, "src", "engine", "fetching", "fetch_main.ts");
  const child = new Deno.Command(Deno.execPath(), {
    args: programArgs(main, kind),
    cwd: PROJECT_ROOT,
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let isEnded = false;
  const done = new Response(child.stdout).text().then(async (text) => {
    await child.status;
    return isEnded ? null : reportIn(text);
  });
  return {
    done,
    async end() {
      isEnded = true;
      const late = setTimeout(() => child.kill("SIGKILL"), CLEANING_UP_MS);
      // It may have exited, and its end of the pipe is closed then.
      await child.stdin.close().catch(() => {});
      await child.status;
      clearTimeout(late);
    },
  };
}

function reportIn(text: string): FetchReport {
  try {
    return fetchReportSchema.parse(JSON.parse(text));
  } catch {
    return { type: "failed", why: "the process that sets it up exited unexpectedly. See trainer.log" };
  }
}
