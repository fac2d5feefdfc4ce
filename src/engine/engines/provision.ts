/** Provisions the requested engine on this machine. Does not import tfjs. */
import type { EngineRequest } from "../../config.ts";
import { errorLine, HeadlightError } from "../../errors.ts";
import type { EngineEntry, Provisioned } from "../engine.ts";
import type { NamedFolderOptions } from "../tensorflow/named_folder.ts";
import type { SetupOptions } from "../tensorflow/setup.ts";
import { requestedEngines } from "./list.ts";
import { checkNamedFolder } from "./named_folder.ts";

/** The options of the setup, with the person's choice of a folder instead of its resolved path. */
export interface ProvisionOptions extends Omit<SetupOptions, "folder">, NamedFolderOptions {}

/**
 * Returns the files of the requested engine, and sets the engine up first if necessary (once per machine, about a
 * minute).
 *
 * A named engine or folder is used, or the call fails. Only `auto` without a named folder falls back to the next engine
 * of the list, with a notice that says so.
 *
 * @throws HeadlightError with exit status 2 if the arguments are unusable, with 1 if no allowed engine can be set up
 */
export async function provisionEngine(request: EngineRequest, options: ProvisionOptions): Promise<Provisioned> {
  const folder = await checkNamedFolder(request, options);
  const candidates = requestedEngines(request)
    .filter(({ capabilities }) => folder === undefined || capabilities.namedFolder);
  const refusals: string[] = [];
  for (const [place, candidate] of candidates.entries()) {
    try {
      const { files, notices } = await candidate.provision({ ...options, folder });
      return { files, notices: [...refusals, ...notices] };
    } catch (error) {
      const next = candidates[place + 1];
      if (next === undefined || !(error instanceof HeadlightError)) throw error;
      refusals.push(substitution(candidate, next, error));
    }
  }
  throw new Error(`no engine for ${request}`);
}

/** Returns the notice that one engine replaces another. */
function substitution({ name }: EngineEntry, next: EngineEntry, reason: HeadlightError): string {
  const pace = next.pace === undefined ? "" : `, ${next.pace},`;
  return `Engine: ${next.name} instead of ${name}${pace} because ${errorLine(reason)}`;
}
