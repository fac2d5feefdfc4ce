/** Loads a provisioned engine into this process. */
import { HeadlightError } from "../../errors.ts";
import { type BaseEngine, type Device, type Engine, type EngineFiles, forBases } from "../engine.ts";
import { engines } from "./list.ts";

const DEVICES: Readonly<Record<Device, string>> = { cpu: "the processor", gpu: "the GPU" };

/**
 * Loads the engine with these files (see `provisionEngine`) into this process and makes it the backend of tfjs.
 *
 * @throws HeadlightError (exit status 1) if it computes on another device or has another version than the files say.
 * Its results would be stored under the wrong key.
 */
export async function loadEngine(files: EngineFiles): Promise<Engine> {
  const engine = await engines[files.kind].load(files);
  check(engine, files);
  return engine;
}

/** Loads what computes bases of the engine with these files into this process. @throws as `loadEngine` */
export async function loadBaseEngine(files: EngineFiles): Promise<BaseEngine> {
  const { load, loadForBases } = engines[files.kind];
  const engine = loadForBases ? await loadForBases(files) : forBases(await load(files));
  check(engine, files);
  return engine;
}

function check(engine: Pick<Engine, "device" | "version">, files: EngineFiles): void {
  const { name } = engines[files.kind];
  if (engine.device !== files.device) {
    throw new HeadlightError(
      `${name} was set up to compute on ${DEVICES[files.device]} but computes on ${DEVICES[engine.device]}. ` +
        "Start a new run. Use --engine tensorflow to compute on the processor.",
      1,
    );
  }
  if (engine.version !== files.version) {
    throw new HeadlightError(
      `${name} ${files.version} was set up but ${engine.version} was loaded. Start a new run.`,
      1,
    );
  }
}
