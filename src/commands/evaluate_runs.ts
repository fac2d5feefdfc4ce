/** Evaluates several runs on their own validation images, for `compare`, `report` and a series of runs. */
import { count } from "../counted.ts";
import { errorLine, HeadlightError } from "../errors.ts";
import { evaluate, type Evaluation } from "../results/evaluate.ts";
import { type LabelledImages, openLabelled } from "../results/labelled_images.ts";
import { openTrainedRun, type TrainedRun } from "../results/trained_run.ts";
import type { UsedEngine } from "../results/use_engine.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { imageProgress } from "./image_progress.ts";
import { StatusLine } from "./status_line.ts";
import { useEngine } from "./use_engine.ts";

/** Why a run has no finished epoch to evaluate. */
export const NO_EPOCH = "it has no finished epoch";

export interface EvaluatedRun {
  readonly trained: TrainedRun;
  /** Closed after its use. */
  readonly images: LabelledImages;
  readonly evaluation: Evaluation;
}

/** Evaluates runs one after the other. Each engine is set up once. */
export class RunEvaluator {
  readonly #engines = new Map<string, Promise<UsedEngine>>();

  constructor(private readonly status = new StatusLine()) {}

  /**
   * Evaluates the best head of a run, with cached features where possible, and returns what `use` makes of it. Returns
   * one line that says why if that is not possible: the images or the checkpoint may be gone.
   */
  async evaluate<T>(
    run: RunDirectory,
    use: (evaluated: EvaluatedRun) => T | Promise<T>,
  ): Promise<T | { readonly problem: string }> {
    try {
      const trained = openTrainedRun(run, "best");
      const images = await openLabelled(
        trained,
        undefined,
        (done, total) =>
          this.status.show(`${run.id}: checking its validation images: ${count(done)} of ${count(total)}`),
      );
      try {
        const { kind } = trained.resolved.engine;
        const used = this.#engines.get(kind) ?? useEngine(kind, this.status);
        this.#engines.set(kind, used);
        const { engine, files } = await used;
        const evaluation = await evaluate(trained, images, {
          engine,
          engineFiles: files,
          ...imageProgress(this.status, run.id),
        });
        return await use({ trained, images, evaluation });
      } finally {
        images.dataset.close();
      }
    } catch (error) {
      // Its log still has its figures.
      if (error instanceof HeadlightError) return { problem: errorLine(error) };
      throw error;
    } finally {
      this.status.clear();
    }
  }
}

/** Returns whether each evaluated image was predicted correctly. */
export function correctByImage({ metrics, keyOf }: Evaluation): ReadonlyMap<string, boolean> {
  const wrong = new Set(metrics.mistakes.map(({ row }) => row));
  return new Map(Array.from({ length: metrics.count }, (_, row) => [keyOf(row), !wrong.has(row)]));
}
