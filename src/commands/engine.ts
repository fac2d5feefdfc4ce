/** `engine`: lists the engines, or sets one up and measures it. */
import { type EngineKind, engineKindSchema } from "../config.ts";
import type { EngineFiles } from "../engine/engine.ts";
import { checkGpuOptions, hasOption } from "../engine/engines/gpu_options.ts";
import { engines } from "../engine/engines/list.ts";
import { checkNamedFolder } from "../engine/engines/named_folder.ts";
import { usablePrecisions } from "../engine/engines/precision.ts";
import { provisionEngine } from "../engine/engines/provision.ts";
import { enginesFolder } from "../engine/wheels/folders.ts";
import { errorLine, HeadlightError } from "../errors.ts";
import { measureEngine } from "../features/measure_engine.ts";
import { isOfMeasuredBase, listSpeeds, speedsOf, thisMachine } from "../features/speeds/speed_store.ts";
import { cacheRoot } from "../paths.ts";
import { stripControl } from "../text.ts";
import { downloadedLine, type EngineFacts, engineJson, engineLines } from "./engine_table.ts";
import { problemText } from "./flags.ts";
import { complain } from "./output.ts";
import { setUp } from "./set_up.ts";
import { stoppable } from "./stoppable.ts";
import { StatusLine } from "./status_line.ts";

export interface EngineFlags {
  readonly json: boolean;
  /** `--tensorflow`. */
  readonly tensorflow?: string | undefined;
  /** `--gpu`. */
  readonly gpu?: number | undefined;
  /** `--tf32`. */
  readonly tf32: boolean;
  /** `--download-only`. */
  readonly download_only: boolean;
}

type Output = (line: string) => void;

/**
 * Without a name, prints all engines. With a name, sets that engine up, measures it in each precision that it computes
 * in here, and prints it. With `--download-only` it is not measured, and needs no GPU yet. As JSON, prints one engine
 * per line.
 *
 * @returns the exit status: 1 if the engine could be measured in no precision, that of the signal if one stopped it
 * @throws HeadlightError with exit status 2 if the arguments are unusable, with 1 if the engine cannot be set up
 */
export async function engine(name: string | undefined, flags: EngineFlags, output: Output): Promise<number> {
  if (name === undefined) {
    if (flags.gpu !== undefined) throw new HeadlightError("--gpu needs an engine to measure: deno task engine cuda");
    if (flags.download_only) {
      throw new HeadlightError("--download-only needs an engine to download: deno task engine cuda --download-only");
    }
    print(await factsOf(engineKindSchema.options, flags), flags, output);
    return 0;
  }
  const kind = kindOf(name);
  checkOptions(kind, flags);
  return await stoppable(async (signal) => {
    if (flags.download_only) {
      await downloadOnly(kind, flags);
      const facts = (await factsOf([kind], flags)).map((one) => ({ ...one, downloaded: true }));
      print(facts, flags, output);
      if (!flags.json) facts.forEach((one) => output(downloadedLine(one, enginesFolder(cacheRoot()))));
      return 0;
    }
    const { files, measured } = await setUpAndMeasure(kind, flags, signal);
    print(await factsOf([kind], flags, files), flags, output);
    return measured > 0 ? 0 : 1;
  });
}

/** @throws HeadlightError (2) for an option that the engine does not have */
function checkOptions(kind: EngineKind, flags: EngineFlags): void {
  const named = (kind: string) => `deno task engine ${kind}`;
  checkGpuOptions(flags, kind, named);
  if (flags.tensorflow === undefined || hasOption(kind, "tensorflow")) return;
  throw new HeadlightError(`--tensorflow cannot be combined with ${named(kind)}. Remove --tensorflow.`);
}

function kindOf(name: string): EngineKind {
  const { data, error } = engineKindSchema.safeParse(name);
  if (data !== undefined) return data;
  const [issue] = error?.issues ?? [];
  throw new HeadlightError(`engine ${name}: ${issue ? problemText(issue, name, {}) : "unknown"}`);
}

function print(list: readonly EngineFacts[], { json }: EngineFlags, output: Output): void {
  for (const line of json ? list.map(engineJson) : engineLines(list)) output(line);
}

/** @param setUp the engine that was just set up, which tells its GPU */
async function factsOf(
  kinds: readonly EngineKind[],
  { tensorflow, tf32 }: EngineFlags,
  setUp?: EngineFiles,
): Promise<EngineFacts[]> {
  const root = cacheRoot();
  const machine = thisMachine();
  const speeds = listSpeeds(root, machine).filter(isOfMeasuredBase);
  const takesFolder = kinds.some((kind) => engines[kind].capabilities.namedFolder);
  const folder = takesFolder ? await checkNamedFolder("auto", { tensorflow }) : undefined;
  return await Promise.all(kinds.map(async (kind) => {
    const entry = engines[kind];
    const found = await entry.inspect({
      cacheRoot: root,
      folder: entry.capabilities.namedFolder ? folder : undefined,
    });
    const presence = setUp === undefined ? found : { ...found, deviceName: setUp.device_name ?? null };
    const hasTf32 = tf32 && entry.capabilities.nvidia;
    const precisions = usablePrecisions(entry, machine.processor.features);
    return { kind, name: entry.name, presence, precisions, speeds: speedsOf(kind, presence, speeds, hasTf32) };
  }));
}

async function downloadOnly(kind: EngineKind, { tensorflow }: EngineFlags): Promise<void> {
  const { download } = engines[kind];
  const named = tensorflow === undefined ? {} : { tensorflow };
  await setUp(new StatusLine(), async (services) => {
    if (download === undefined) await provisionEngine(kind, { ...services, ...named });
    else await download({ ...services, folder: await checkNamedFolder(kind, named) });
  });
}

/**
 * Returns the engine, and in how many precisions it was measured. What cannot be measured is reported on standard
 * error.
 */
async function setUpAndMeasure(
  kind: EngineKind,
  { tensorflow, gpu, tf32 }: EngineFlags,
  signal: AbortSignal,
): Promise<{ readonly files: EngineFiles; readonly measured: number }> {
  const root = cacheRoot();
  const status = new StatusLine();
  try {
    const named = tensorflow === undefined ? {} : { tensorflow };
    const { files, notices } = await setUp(
      status,
      (services) => provisionEngine(kind, { ...services, gpu, tf32, ...named }),
    );
    for (const notice of notices) complain(stripControl(notice));
    return { files, measured: await measure(files, root, status, signal) };
  } finally {
    status.clear();
  }
}

async function measure(
  files: EngineFiles,
  root: string,
  status: StatusLine,
  signal: AbortSignal,
): Promise<number> {
  const entry = engines[files.kind];
  let measured = 0;
  for (const precision of usablePrecisions(entry, thisMachine().processor.features)) {
    status.progress({ label: `measuring ${entry.name} in ${precision}`, done: 0, total: 0, unit: "steps" });
    try {
      await measureEngine({ engine: files, precision, cacheRoot: root, signal });
      measured++;
    } catch (error) {
      if (!(error instanceof HeadlightError)) throw error;
      status.clear();
      complain(stripControl(`${entry.name} was not measured in ${precision}: ${errorLine(error)}`));
    }
    status.clear();
  }
  return measured;
}
