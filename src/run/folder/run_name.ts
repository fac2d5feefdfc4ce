/** Which names a run may have, so that its name finds this run and hides no other. */
import { HeadlightError } from "../../errors.ts";
import { LATEST, listRuns } from "./find_run.ts";

/**
 * Checks the `--name` of a run in the folder `runs`.
 * @throws HeadlightError (2) if no command would find the run by that name, or if it hides another run
 */
export function checkRunName(name: string | undefined, runs: string): void {
  if (name === undefined) return;
  const refuse = (why: string) => new HeadlightError(`--name ${JSON.stringify(name)}: ${why} Choose another name.`);
  if (name.trim() === "") throw refuse("the name must not be blank.");
  if (name === LATEST) throw refuse("this word stands for the newest run.");
  const hidden = listRuns(runs).find(({ id }) => id.startsWith(name));
  if (hidden) throw refuse(`the id of run ${hidden.id} begins so, and commands could not tell the two apart.`);
}
