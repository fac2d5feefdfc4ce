/**
 * What the trainer asks of the extractor process, and what it is told: one JSON line on the extractor's standard
 * input, which then stays open, and JSON lines on its standard output. The extractor ends when its input closes.
 */
import { z } from "zod";
import { baseNameSchema, poolingSchema, precisionSchema, preprocessSchema } from "../config.ts";
import { dataSourceSchema } from "../data/open.ts";
import { engineFilesSchema } from "../engine/engine.ts";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** Everything that decides a data set's features, and where to find it. */
export const extractionSpecSchema = z.object({
  base: baseNameSchema,
  pooling: poolingSchema,
  size: z.int().min(1),
  preprocess: preprocessSchema,
  precision: precisionSchema,
  /** `path` absolute; the file is used only while its SHA-256 is this one. */
  weights: z.object({ kind: z.literal("file"), path: z.string(), sha256: sha256Schema }),
  engine: engineFilesSchema,
  data: dataSourceSchema,
  /** The one size every batch is padded to. */
  batchSize: z.int().min(1),
});
export type ExtractionSpec = z.infer<typeof extractionSpecSchema>;

/** An image to extract, and the digest it had when the trainer saw it. */
export const imageRequestSchema = z.object({
  part: z.enum(["train", "validation"]),
  /** In its part. */
  index: z.int().min(0),
  /** From the data set's folder on; null where many share one. */
  file: z.string().nullable(),
  digest: sha256Schema,
});
export type ImageRequest = z.infer<typeof imageRequestSchema>;

/** What the random base's weights file depends on besides the demo images and the recipe in the program. */
export const randomWeightsSpecSchema = z.object({
  base: baseNameSchema,
  size: z.int().min(1),
  preprocess: preprocessSchema,
  engine: engineFilesSchema,
});
export type RandomWeightsSpec = z.infer<typeof randomWeightsSpecSchema>;

export const jobSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("extract"),
    spec: extractionSpecSchema,
    /** The cache folder to write rows to. */
    cacheRoot: z.string(),
    /** Each content once. */
    images: z.array(imageRequestSchema),
  }),
  z.object({
    kind: z.literal("make_random_weights"),
    spec: randomWeightsSpecSchema,
    /** The file to write, absolute. */
    path: z.string(),
  }),
]);
export type Job = z.infer<typeof jobSchema>;

export const reportSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("rows"),
    /** Places in the job's list whose rows are in the store. */
    images: z.array(z.int().min(0)),
    /** Whether this process computed them; else another one did. */
    computed: z.boolean(),
  }),
  /** Trying again would not help; `line` is for the person. */
  z.object({ type: z.literal("failed"), line: z.string() }),
]);
export type Report = z.infer<typeof reportSchema>;

/**
 * A report as it goes over the pipe. It begins with a line break too: what native code may have printed without one
 * ends there.
 */
export function encodeReport(report: Report): string {
  return `\n${JSON.stringify(report)}\n`;
}

/** The report in a line of the extractor's output; null where the line is none (native code prints what it likes). */
export function decodeReport(line: string): Report | null {
  try {
    return reportSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
