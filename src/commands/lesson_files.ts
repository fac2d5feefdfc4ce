/** Downloads what the lesson needs: its images, and the published weights of its frozen bases. */
import { publishedFile } from "../bases/base.ts";
import { bases } from "../bases/bases.ts";
import { baseNameSchema, hasFrozenBase, type RunOptions } from "../config.ts";
import { DOLLAR_STREET_FOLDER, downloadDollarstreet } from "../data/dollarstreet.ts";
import type { OnSetupProgress } from "../engine/engine.ts";
import { errorLine, HeadlightError } from "../errors.ts";
import { publishedWeights, publishedWeightsPath } from "../model/published_weights.ts";
import { cacheRoot } from "../paths.ts";
import { sentence } from "../sentence.ts";

/** Other places of the same files, for tests. */
export interface LessonSources {
  /** The folder of the images. */
  readonly folder?: string | undefined;
  readonly recordUrl?: string | undefined;
  readonly weightsUrl?: string | undefined;
}

/**
 * Downloads what is missing. Returns a line for each part that cannot be downloaded: why, and where to put the files by
 * hand. All parts are tried at the same time, so that without a connection they time out together.
 *
 * @param list the runs of the lesson
 */
export async function obtainLesson(
  list: readonly RunOptions[],
  { folder = DOLLAR_STREET_FOLDER, recordUrl, weightsUrl }: LessonSources,
  onProgress: OnSetupProgress,
): Promise<string[]> {
  const published = new Map(
    list.filter(hasFrozenBase).filter(({ weights }) => weights === "imagenet").map(({ base, size }) => {
      const named = baseNameSchema.parse(base);
      return [named, { base: named, size }];
    }),
  );
  const parts = [
    whyNot(
      downloadDollarstreet({ folder, recordUrl, onProgress }),
      (reason) =>
        `Dollar Street 10 cannot be downloaded: ${reason} Put the four .npy files of ` +
        `https://zenodo.org/records/10970014 into ${folder}.`,
    ),
    ...[...published.values()].map((run) =>
      whyNot(
        publishedWeights(run, { cacheRoot: cacheRoot(), onProgress, fetchFrom: weightsUrl }),
        (reason) =>
          `The ImageNet weights of ${bases[run.base].displayName} cannot be downloaded: ${reason} Download ` +
          `${publishedFile(bases[run.base], run.size).url} on another machine, and copy the file to ` +
          `${publishedWeightsPath(run, cacheRoot())}.`,
      )
    ),
  ];
  return (await Promise.all(parts)).filter((line) => line !== null);
}

/** Returns the line for a part that failed, or null. */
async function whyNot(part: Promise<unknown>, line: (reason: string) => string): Promise<string | null> {
  try {
    await part;
    return null;
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    // The cause is the error of the download, without the remedy for other commands.
    const reason = error.cause instanceof HeadlightError ? error.cause : error;
    return line(sentence(errorLine(reason)));
  }
}
