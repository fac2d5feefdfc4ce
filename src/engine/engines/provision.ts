/** Provisions the requested engine on this machine. Does not import tfjs. */
import type { EngineKind, EngineRequest } from "../../config.ts";
import { errorLine, HeadlightError } from "../../errors.ts";
import type { Capabilities, EngineEntry, Provisioned } from "../engine.ts";
import type { NamedFolderOptions } from "../tensorflow/named_folder.ts";
import type { SetupOptions } from "../tensorflow/setup.ts";
import { enginesOnGpu, requestedEngines } from "./list.ts";
import { checkNamedFolder } from "./named_folder.ts";

/** The options of the setup, with the person's choice of a folder instead of its resolved path. */
export interface ProvisionOptions extends Omit<SetupOptions, "folder">, NamedFolderOptions {
  /** The engine that `auto` tries before the others. */
  readonly first?: EngineKind | undefined;
  /** What the run needs. `auto` leaves out engines that cannot do it, if a later one can. Default: nothing special. */
  readonly suits?: ((capabilities: Capabilities) => boolean) | undefined;
}

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
  const { suits = () => true, gpu } = options;
  // Who names a GPU gets it, or an error.
  const automatic = request === "auto" && gpu === undefined;
  const allowed = automatic || gpu === undefined ? requestedEngines(request, options.first) : enginesOnGpu();
  const candidates = allowed
    .filter(({ capabilities }) => folder === undefined || capabilities.namedFolder)
    .filter(({ capabilities }, place, all) =>
      suits(capabilities) || !all.slice(place + 1).some((later) => suits(later.capabilities))
    );
  const refusals: string[] = [];
  for (const [place, candidate] of candidates.entries()) {
    try {
      const { files, notices } = await candidate.provision({ ...options, folder, automatic });
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
