/** The JSON object of `lesson --json`, its last line: the figures of the runs beside those that the lesson reports. */
import { z } from "zod";
import type { LessonGroup } from "./lesson_result.ts";

export const lessonSchema = z.object({
  /** Tells this object apart from the events of a run, see docs/events.md. */
  type: z.literal("lesson"),
  models: z.array(z.object({
    model: z.string(),
    rows: z.array(z.object({
      /** Whose figures these are: the lesson's own run, a run of Headlight, or the mean of Headlight's runs. */
      who: z.enum(["the lesson", "Headlight", "mean"]),
      /** The run's id; null for the other two. */
      run: z.string().nullable(),
      seed: z.int().nullable(),
      /** The validation accuracy of the best and of the last epoch; null if no epoch was finished. */
      best: z.number().nullable(),
      last: z.number().nullable(),
    })),
  })),
});
export type LessonJson = z.infer<typeof lessonSchema>;

/** Returns the JSON object. */
export function lessonJson(groups: readonly LessonGroup[]): LessonJson {
  return {
    type: "lesson",
    models: groups.map(({ model, rows }) => ({
      model,
      rows: rows.map(({ who, run, seed, best, last }) => ({ who, run, seed, best, last })),
    })),
  };
}
