/**
 * The messages between the trainer and the extractor process, and between that and those that make its graph. The
 * trainer writes one JSON line to the extractor's standard input, which stays open, and the extractor writes JSON lines
 * to standard output. The extractor ends when its input closes.
 */
import { z } from "zod";
import { baseRefSchema, poolingSchema, precisionSchema, preprocessSchema } from "../config.ts";
import { dataSourceSchema } from "../data/open.ts";
import { engineFilesSchema } from "../engine/engine.ts";
import { reachSchema } from "./rows/reach.ts";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** Everything that determines a data set's features, and where to find the data. */
export const extractionSpecSchema = z.object({
  base: baseRefSchema,
  pooling: poolingSchema,
  size: z.int().min(1),
  preprocess: preprocessSchema,
  precision: precisionSchema,
  /** `path` is absolute. The file is rejected if its SHA-256 differs from this one. */
  weights: z.object({ kind: z.literal("file"), path: z.string(), sha256: sha256Schema }),
  engine: engineFilesSchema,
  data: dataSourceSchema,
  /** The size to which every batch is padded, in images. */
  batchSize: z.int().min(1),
});
export type ExtractionSpec = z.infer<typeof extractionSpecSchema>;

/** An image to extract, with the digest that the trainer computed for it. */
const imageRequestSchema = z.object({
  part: z.enum(["train", "validation"]),
  /** The image's index in its part. */
  index: z.int().min(0),
  /** The file relative to the data set's folder; null if many images share one file. */
  file: z.string().nullable(),
  digest: sha256Schema,
});
export type ImageRequest = z.infer<typeof imageRequestSchema>;

/** The properties that all images of a graph's batches share. */
const imageKindSchema = z.object({
  height: z.int().min(1),
  width: z.int().min(1),
  dtype: z.enum(["uint8", "float32"]),
});

/** The inputs of the random base's weights file, besides the demo images and the program itself. */
const randomWeightsSpecSchema = z.object({
  base: baseRefSchema,
  size: z.int().min(1),
  preprocess: preprocessSchema,
  engine: engineFilesSchema,
});
export type RandomWeightsSpec = z.infer<typeof randomWeightsSpecSchema>;

/** Everything that determines the features of an image. */
const baseSpecSchema = extractionSpecSchema.omit({ data: true });

export const jobSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("extract"),
    spec: extractionSpecSchema,
    /** The cache folder to write rows to. */
    cacheRoot: z.string(),
    /** The images; each content occurs once. */
    images: z.array(imageRequestSchema),
    /** The images that this process and those that follow it may compute, if others compute the rest. */
    reach: reachSchema.optional(),
  }),
  z.object({
    kind: z.literal("make_graph"),
    spec: baseSpecSchema,
    cacheRoot: z.string(),
    images: imageKindSchema,
    /** The folder with the graphs that a `record_graphs` has recorded. Without it, the process records the base. */
    recorded: z.string().optional(),
  }),
  z.object({
    kind: z.literal("record_graphs"),
    spec: baseSpecSchema,
    images: imageKindSchema,
    /** The folder to write them to. */
    folder: z.string(),
  }),
  z.object({
    kind: z.literal("make_random_weights"),
    spec: randomWeightsSpecSchema,
    /** The absolute path of the file to write. */
    path: z.string(),
  }),
  z.object({
    kind: z.literal("measure_speed"),
    spec: baseSpecSchema,
    cacheRoot: z.string(),
    /** Whether to measure the base in float32 if bfloat16 is refused for it. Otherwise that is an error. */
    refused_too: z.boolean().default(false),
  }),
]);
export type Job = z.input<typeof jobSchema>;

const reportSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("rows"),
    /** Indices in the job's list of images whose rows are in the store. */
    images: z.array(z.int().min(0)),
    /** Whether this process computed the rows; otherwise another process did. */
    computed: z.boolean(),
    /** The name of the segment to which this process has written the rows. Others may have merged it since. */
    segment: z.string().optional(),
  }),
  /** There is nothing to do here, because processes on these hosts compute the remaining images. */
  z.object({
    type: z.literal("waits"),
    hosts: z.array(z.string()).min(1),
  }),
  z.object({
    type: z.literal("speed"),
    images_per_second: z.number().positive(),
  }),
  /** The job failed in a way that a restart would not fix. `line` is the message for the person. */
  z.object({
    type: z.literal("failed"),
    line: z.string(),
    /** Whether the disk of the cache has no room, so that the job can be done later. */
    no_room: z.boolean(),
    /** Whether the job would fail again in the same way. */
    unusable: z.boolean().default(false),
  }),
]);
export type Report = z.infer<typeof reportSchema>;

/**
 * Encodes a report for the pipe. It starts with a line break, to end any incomplete line that native code has printed.
 */
export function encodeReport(report: Report): string {
  return `\n${JSON.stringify(report)}\n`;
}

/**
 * Decodes a line of the extractor's output. Returns null if it is not a report, since native code prints to the same
 * pipe.
 */
export function decodeReport(line: string): Report | null {
  try {
    return reportSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
