/** Writes the files of a job: its script, and what only its owner may read. */
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { HeadlightError } from "../errors.ts";
import { type Access, OWNER_ONLY, replaceFileSync } from "../files/atomic.ts";
import { explainSystemError } from "../files/system_error.ts";

export interface JobFile {
  readonly path: string;
  /** What the file is, for messages: `script`. */
  readonly kind: string;
  readonly content: string;
  readonly access: Access;
}

/**
 * Writes the files that do not exist yet. A file with other content is kept, because a person may have changed it. If
 * there is one, nothing is written. Comments may differ, since another version of Headlight may write others.
 *
 * @returns the paths of the files that did not exist before
 * @throws HeadlightError (2) if a file exists with other content, or cannot be written
 */
export function writeJobFiles(files: readonly JobFile[]): string[] {
  const existing = files.filter(({ path, kind, content }) => explained(path, () => isThere(path, kind, content)));
  for (const { path, access } of existing) {
    if (access === "owner") explained(path, () => Deno.chmodSync(path, OWNER_ONLY));
  }
  const added = files.filter((file) => !existing.includes(file));
  for (const { path, content, access } of added) {
    explained(path, () => {
      Deno.mkdirSync(dirname(path), { recursive: true });
      replaceFileSync(path, content, access);
    });
  }
  return added.map(({ path }) => path);
}

/** Returns whether the file exists. @throws HeadlightError (2) if it has other content */
function isThere(path: string, kind: string, content: string): boolean {
  if (!existsSync(path)) return false;
  if (withoutComments(readFileSync(path, "utf-8")) === withoutComments(content)) return true;
  throw new HeadlightError(`${path} exists and is another ${kind}. Remove it, or name another file with --out.`);
}

/** Returns a script without the lines that are comments to both bash and sbatch. */
function withoutComments(script: string): string {
  return script.split("\n").filter((line) => !/^\s*#(?!SBATCH|!)/.test(line)).join("\n");
}

function explained<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const reason = explainSystemError(error, `writing ${path}`);
    throw reason instanceof HeadlightError ? new HeadlightError(reason.message, 2, { cause: error }) : error;
  }
}
