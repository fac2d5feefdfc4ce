/** The flags with which `train` goes on with a run. */
import { z } from "zod";
import { HeadlightError } from "../errors.ts";
import { nearest } from "../near.ts";
import { optionFacts } from "../options.ts";
import { ALLOWED_CHANGES, type AllowedChange, allowedChangeSchema } from "../run/resume/changes.ts";
import { readFlags } from "./flags.ts";

export const RESUME_FLAGS = {
  resume: z.union([z.string(), z.boolean()]).check(checkResumed).optional().register(optionFacts, {
    value: "[RUN]",
    help: "go on with a run that did not finish, or extend one with --epochs, --patience or --learning-rate",
    otherwise: "the newest that did not finish",
  }),
  resume_or_start: z.boolean().default(false).register(optionFacts, {
    help:
      "go on with the newest run of this --name that did not finish, or start it the first time (for batch scripts)",
  }),
  allow_change: z.string().min(1).optional().register(optionFacts, {
    value: "<NAME,…>",
    help:
      "go on with --resume although this is different now, e.g. data, batch, seed or threads (docs/resuming.md lists the names)",
  }),
};

/** Reports an empty text, which a shell variable that is not set gives. */
function checkResumed({ value, issues }: z.core.ParsePayload<string | boolean>): void {
  if (value !== "") return;
  const message = "must not be empty. Name a run, or give --resume without a value for the newest that did not finish.";
  issues.push({ code: "custom", input: value, message });
}

/** How a command goes on with a run. */
export interface ResumeFlags {
  /** The run, or null for the newest one that did not finish. */
  readonly wanted: string | null;
  /** Whether a run is started if there is none. */
  readonly orStart: boolean;
  readonly allowed: readonly AllowedChange[];
}

/** Returns how to go on, or null if a new run is to be started. @throws HeadlightError (2) that names the flag */
export function resumeFlags(collected: Record<string, unknown>): ResumeFlags | null {
  const { resume, resume_or_start: orStart, allow_change: allow } = readFlags(
    z.object(RESUME_FLAGS),
    collected,
  );
  const resumes = resume !== undefined && resume !== false;
  if (resumes && orStart) {
    throw new HeadlightError("--resume and --resume-or-start cannot be combined. Remove one of them.");
  }
  if (!resumes && !orStart) {
    if (allow === undefined) return null;
    throw new HeadlightError("--allow-change can be used only with --resume or --resume-or-start. Remove it.");
  }
  return { wanted: typeof resume === "string" ? resume : null, orStart, allowed: allowedNames(allow) };
}

function allowedNames(list: string | undefined): AllowedChange[] {
  return (list ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "").map((name) => {
    const known = allowedChangeSchema.safeParse(name.replaceAll("-", "_"));
    if (known.success) return known.data;
    const names = ALLOWED_CHANGES.map((one) => one.replaceAll("_", "-"));
    const near = nearest(name, names);
    // The list is long, so the suggestion stands alone.
    const remedy = near === null ? `Use ${names.join(", ")}` : `Did you mean ${near}?`;
    throw new HeadlightError(`--allow-change ${name}: nothing that may change has this name. ${remedy}`);
  });
}
