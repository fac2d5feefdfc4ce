/** Makes sure that the engine that was asked for is on this machine. Imports no tfjs: what it gives can be loaded. */
import type { EngineRequest } from "../../config.ts";
import { errorLine, HeadlightError } from "../../errors.ts";
import type { EngineEntry, Provisioned } from "../engine.ts";
import type { NamedFolderOptions } from "../tensorflow/named_folder.ts";
import type { SetupOptions } from "../tensorflow/setup.ts";
import { requestedEngines } from "./list.ts";
import { checkNamedFolder } from "./named_folder.ts";

export interface ProvisionOptions extends Omit<SetupOptions, "folder">, NamedFolderOptions {}

/**
 * Returns the engine's files, set up first if need be (once per machine, about a minute). An engine or folder that was
 * named is used or it is an error. Only `auto` without a named folder goes on to the next engine of the list, and says
 * so in a notice.
 *
 * @throws HeadlightError status 2: arguments that cannot be used; 1: no engine that may be used can be had
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

function substitution({ name }: EngineEntry, next: EngineEntry, reason: HeadlightError): string {
  const pace = next.pace === undefined ? "" : `, ${next.pace},`;
  return `Engine: ${next.name} in place of ${name}${pace} because ${errorLine(reason)}`;
}
