/**
 * `--tensorboard`: writes what a run measures to event files. Nothing here may disturb or end the run, so an error only
 * becomes a notice.
 */
// Not tfjs-node's `tf.node.summaryFileWriter`, because it writes only scalars and histograms, flushes every two
// minutes, does not cut off what a resumed run trains again, and throws into the training loop.
import { join } from "node:path";
import { checkGuard } from "../../files/guard.ts";
import { diskProblem } from "../../files/room.ts";
import { systemReason } from "../../files/system_error.ts";
import { byClassFigure, byFigure, type MetricValues } from "../../metrics.ts";
import { confusionCells } from "../../training/confusion.ts";
import { epochsIn, type Figures, type History } from "../../training/history.ts";
import { drawConfusion } from "./confusion_picture.ts";
import { EventFile, keepUntil } from "./event_file.ts";
import {
  batchSummary,
  configurationSummary,
  confusionSummary,
  epochSummaries,
  type KnownFigures,
  type Part,
  PARTS,
  type Progress,
  type Summary,
} from "./summaries.ts";

/** The minimum time between two images, in milliseconds. Another thread draws one in some hundredths of a second. */
const PICTURE_EVERY_MS = 10_000;
/** The minimum time between two checks of the run's owner, in milliseconds. Epochs may be shorter than a check. */
const GUARDED_EVERY_MS = 250;
/** The maximum number of bytes that are kept in memory while a disk is full. */
const MOST_UNWRITTEN = 16 * 1024 * 1024;

export interface BoardOptions {
  /** The folder of this run for TensorBoard. Only `begin` creates it: if it is removed later, that is an error. */
  readonly folder: string;
  /** The run's own folder. If another process takes it over, nothing more is written. */
  readonly run: string;
  /** The run's options and what they resolved to, by name. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly classes: readonly string[];
  /** Tells the person that something cannot be written. Called at most once. */
  readonly notice: (text: string) => void;
  /** A clock in milliseconds since 1970. Default: the system's. */
  readonly nowMs?: () => number;
}

/** The true and the predicted classes of the validation images after an epoch. */
interface Predicted {
  /** Counted from 1. */
  readonly epoch: number;
  readonly labels: Int32Array;
  readonly classes: Int32Array;
}

/** Writes the event files of one run. */
export class Board {
  readonly #options: Required<BoardOptions>;
  /** Null before `begin`, and after it when nothing more is written. */
  #files: Readonly<Record<Part, EventFile>> | null = null;
  #batches = 0;
  #noticed = false;
  #undrawn: Predicted | null = null;
  #drawing: Promise<void> | null = null;
  #drawnMs = -Infinity;

  constructor(options: BoardOptions) {
    this.#options = { nowMs: () => Date.now(), ...options };
  }

  /**
   * Begins new files. For a resumed run, removes from the earlier files what they say about epochs and batches that are
   * trained again, and adds the epochs that they lack.
   */
  begin(progress: Progress, history: History): void {
    this.#batches = progress.batches;
    this.#try(() => {
      const { folder, configuration } = this.#options;
      const begun = PARTS.map((part) => {
        const path = join(folder, part);
        Deno.mkdirSync(path, { recursive: true });
        const kept = keepUntil(path, progress);
        return { part, kept, file: new EventFile(path, kept.seconds, () => this.#options.nowMs() / 1000) };
      });
      for (const { kept, file } of begun) if (kept.seconds > 0) file.goOn(progress.batches);
      this.#files = Object.fromEntries(begun.map(({ part, file }) => [part, file])) as Record<Part, EventFile>;
      this.#add([configurationSummary(progress.batches, configuration)]);
      for (const { part, kept } of begun) {
        for (let epoch = kept.epochs + 1; epoch <= epochsIn(history); epoch++) {
          this.#add(epochSummaries(epoch, null, figuresAt(history, epoch), null).filter((one) => one.part === part));
        }
      }
    });
    this.flush();
  }

  /** Adds a batch. @param means the running means of its epoch after it */
  batch(means: MetricValues): void {
    this.#batches++;
    this.#add([batchSummary(this.#batches, means)]);
  }

  /** Adds the end of an epoch, and writes everything so far. @param epoch counted from 1 */
  epoch(epoch: number, figures: Figures, learningRate: number): void {
    this.#add(epochSummaries(epoch, this.#batches, figures, learningRate));
    this.flush();
  }

  /** Adds the predictions for the validation set, from which an image is drawn. Not every epoch gets one. */
  predicted(predicted: Predicted): void {
    this.#undrawn = predicted;
    if (this.#drawing === null && this.#options.nowMs() - this.#drawnMs >= PICTURE_EVERY_MS) this.#draw();
  }

  /** Writes everything so far. */
  flush(): void {
    const files = this.#files;
    if (files === null) return;
    this.#try(() => {
      for (const part of PARTS) files[part].flush();
    });
  }

  /** Draws the image of the newest epoch if it is missing, and writes everything. Nothing can be added afterwards. */
  async finish(): Promise<void> {
    await this.#drawing;
    if (this.#undrawn !== null) this.#draw();
    await this.#drawing;
    this.flush();
    this.#files = null;
  }

  #draw(): void {
    const { classes, nowMs } = this.#options;
    const predicted = this.#undrawn;
    this.#undrawn = null;
    if (predicted === null || this.#files === null) return;
    this.#drawnMs = nowMs();
    const cells = confusionCells(predicted.labels, predicted.classes);
    this.#drawing = drawConfusion(classes, cells)
      .then((picture) => this.#add([confusionSummary(predicted.epoch, picture)]))
      .catch((error) => this.#say(`The image of the confusion matrix cannot be drawn (${systemReason(error)}).`))
      .finally(() => this.#drawing = null);
  }

  #add(summaries: readonly Summary[]): void {
    for (const { part, step, value } of summaries) this.#files?.[part].summary(step, value);
  }

  /**
   * Runs `write` if the run is still this process's. After an error other than a full disk, nothing more is written.
   */
  #try(write: () => void): void {
    try {
      checkGuard(this.#options.run, GUARDED_EVERY_MS);
    } catch {
      // Another process has taken the run over, and cuts these files where it goes on. The trainer notices that
      // elsewhere.
      this.#files = null;
      return;
    }
    try {
      write();
    } catch (error) {
      const unwritten = PARTS.reduce((sum, part) => sum + (this.#files?.[part].unwrittenBytes ?? 0), 0);
      const waits = this.#files !== null && diskProblem(error) !== null && unwritten <= MOST_UNWRITTEN;
      if (!waits) this.#files = null;
      this.#say(
        `The files for TensorBoard in ${this.#options.folder} cannot be written (${systemReason(error)}). ` +
          (waits ? "They are written when there is room." : "The run goes on without them."),
      );
    }
  }

  #say(text: string): void {
    if (this.#noticed) return;
    this.#noticed = true;
    this.#options.notice(text);
  }
}

function figuresAt(history: History, epoch: number): KnownFigures {
  const at = (name: keyof Figures) => history[name]?.at(epoch - 1) ?? NaN;
  const known = Object.entries(byClassFigure(at)).filter(([name]) => history[name as keyof Figures] !== undefined);
  return { ...byFigure(at), ...Object.fromEntries(known) };
}
