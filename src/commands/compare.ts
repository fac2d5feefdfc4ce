/** `compare`: several runs side by side, and whether they differ by more than chance. */
import { HeadlightError } from "../errors.ts";
import { distinctRuns, runOrLatest } from "./find.ts";
import { findFacts, printComparison } from "./show_comparison.ts";

export interface CompareFlags {
  readonly runs: string;
  readonly json: boolean;
}

/**
 * Prints the comparison and returns the exit status.
 * @throws HeadlightError (2) for fewer than two runs, or a run without a finished epoch
 */
export async function compare(
  wanted: readonly string[],
  { runs, json }: CompareFlags,
  output: (line: string) => void,
): Promise<number> {
  const directories = distinctRuns(wanted.map((name) => runOrLatest(name, runs)));
  if (directories.length < 2) {
    const [run] = directories;
    if (run && wanted.length > 1) throw new HeadlightError(`All the names are of run ${run.id}. Name another run too.`);
    throw new HeadlightError("compare needs at least two runs. Name them: deno task compare RUN RUN…");
  }
  const found = directories.map(findFacts);
  const unfinished = found.find(({ compared }) => !compared.best);
  if (unfinished) {
    throw new HeadlightError(`Run ${unfinished.run.id} has no finished epoch, so it cannot be compared. Leave it out.`);
  }
  await printComparison(found, { json }, output);
  return 0;
}
