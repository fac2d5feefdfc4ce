/** config.json: what was asked and what it resolved to. */
import { z } from "zod";
import { preprocessSchema, runOptionsSchema } from "../config.ts";
import { engineFilesSchema } from "../engine/engine.ts";
import { writeFileAtomicSync } from "../files/atomic.ts";

export const resolvedSchema = z.object({
  /** The data set as another process would open it again. */
  data: z.record(z.string(), z.unknown()),
  data_name: z.string(),
  classes: z.array(z.string()),
  train: z.int(),
  validation: z.int(),
  weights: z.object({ kind: z.enum(["published", "random", "file"]), path: z.string(), sha256: z.string() }),
  preprocess: preprocessSchema,
  engine: engineFilesSchema,
});
export type Resolved = z.infer<typeof resolvedSchema>;

export const runConfigSchema = z.object({
  version: z.literal(1),
  created: z.string(),
  /** Options that this version no longer has are left out; those that an older one did not have get their defaults. */
  options: runOptionsSchema.strip(),
  /** Null until the run is prepared. */
  resolved: resolvedSchema.nullable(),
  notices: z.array(z.string()),
  machine: z.object({
    host: z.string(),
    os: z.string(),
    cpu: z.string(),
    cores: z.int(),
    memory_bytes: z.number(),
  }),
  versions: z.record(z.string(), z.string()),
  /** The command that repeats the run (`repeatCommand`); null until it is prepared. */
  repeat: z.string().nullable().default(null),
});
export type RunConfig = z.infer<typeof runConfigSchema>;

/** Writes config.json, whole or not at all. */
export function writeRunConfig(path: string, config: RunConfig): void {
  writeFileAtomicSync(path, JSON.stringify(config, null, 2) + "\n");
}

/** Reads config.json. Throws where it is missing or of another form. */
export function readRunConfig(path: string): RunConfig {
  return runConfigSchema.parse(JSON.parse(Deno.readTextFileSync(path)));
}
