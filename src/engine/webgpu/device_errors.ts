/**
 * Finds the errors of a WebGPU device. A device does not throw: after an error it goes on with zeros or old values, and
 * only reports the error.
 */
import { HeadlightError } from "../../errors.ts";
import { sentence } from "../../sentence.ts";
import { shortened, stripControl } from "../../text.ts";

/** The part of a device that is used. */
type ReportingDevice = Pick<GPUDevice, "lost" | "pushErrorScope" | "popErrorScope" | "addEventListener">;

/** The kinds of errors, each of which needs a scope of its own. */
const KINDS = ["validation", "out-of-memory", "internal"] as const satisfies readonly GPUErrorFilter[];

const OTHERWISE = "use --engine tensorflow.";
const NO_MEMORY = "Close other programs that use the GPU, choose a smaller --size, or";

/** The length to which a driver's message is cut. */
const MESSAGE_CHARACTERS = 300;

/** An error that a device reported. `kind` is null if no scope caught it. */
interface Reported {
  readonly kind: GPUErrorFilter | null;
  readonly message: string;
}

export class DeviceErrors {
  /** The errors that no scope caught. They stay, because a tensor that an earlier call has made may be wrong. */
  readonly #uncaught: Reported[] = [];

  /** @param name the GPU's name in error messages */
  constructor(private readonly device: ReportingDevice, private readonly name: string) {
    device.addEventListener("uncapturederror", (event) => {
      // Deno would print it.
      event.preventDefault();
      const message = "error" in event && event.error instanceof Object && "message" in event.error
        ? String(event.error.message)
        : "an error without a message";
      this.#uncaught.push({ kind: null, message });
    });
    device.lost.then(({ message }) => this.#uncaught.push({ kind: null, message: `it was lost: ${message}` }));
  }

  /**
   * Runs work on the device, which must have read its result when it is done. Calls must not overlap.
   *
   * @throws HeadlightError (1) with the device's first error, otherwise what `work` has thrown
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    for (const kind of KINDS) this.device.pushErrorScope(kind);
    const [result] = await Promise.allSettled([Promise.try(work)]);
    const caught: Reported[] = [];
    // Scopes are a stack: the one that was pushed last is popped first.
    for (const kind of KINDS.toReversed()) {
      const error = await this.device.popErrorScope();
      if (error !== null) caught.push({ kind, message: error.message });
    }
    const [first] = [...caught, ...this.#uncaught];
    if (first !== undefined) throw new HeadlightError(errorText(this.name, first), 1);
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }
}

function errorText(name: string, { kind, message }: Reported): string {
  const text = shortened(stripControl(message.replaceAll(/\s+/g, " ").trim()), MESSAGE_CHARACTERS);
  const remedy = kind === "out-of-memory" ? `${NO_MEMORY} ${OTHERWISE}` : `U${OTHERWISE.slice(1)}`;
  return `${name} reported an error, so the features of this batch may be wrong: ${sentence(text)} ${remedy}`;
}
