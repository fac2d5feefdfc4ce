/** The phases of a run: prepare, extract, train. */
import { existsSync } from "node:fs";
import { headForm } from "../head_form.ts";
import { splitNetwork } from "../model/open_part.ts";
import { needsPublishedLayers } from "../model/published_weights.ts";
import { wholeModel } from "../model/whole.ts";
import { headOriginOf } from "./checkpoints/head_origin.ts";
import { datasetDifferences } from "./data_differences.ts";
import type { RunDirectory } from "./folder/directory.ts";
import { fetchBeside } from "./fetch_beside.ts";
import { KeptConfig, type RunConfig, withoutVoidTf32 } from "./folder/run_config.ts";
import { keptStart } from "./from/kept_start.ts";
import { prepare } from "./prepare.ts";
import { repeatCommand } from "./repeat.ts";
import { preparedDifferences } from "./resume/changes.ts";
import { Continuity } from "./resume/continuity.ts";
import { engineLogLine, resumedChoice } from "./engine_choice.ts";
import { modelOf, resolvedOf, sayRun, writeSummary } from "./run_event.ts";
import { sameChoices } from "./same_choices.ts";
import { StepsSetUp } from "./steps_set_up.ts";
import { trainOnFeatures, trainOnPixels } from "./train_on.ts";
import { type Outcome, type RunServices, stoppedOutcome, untilStopped } from "./work.ts";

/** Runs the phases in order; nothing is extracted unless a base is frozen. Returns early if a stop is requested. */
export async function runPhases(
  run: RunDirectory,
  config: RunConfig,
  services: RunServices,
): Promise<Outcome> {
  const { journal, ledger, control, room, findData, restored, withheld } = services;
  const { options } = config;
  journal.say({ type: "phase", name: "prepare", total: 0 });
  if (control.stop) return stoppedOutcome(control);
  const found = await untilStopped(
    prepare(
      restored ? sameChoices(restored) : options,
      (progress) => journal.progress({ phase: "prepare", ...progress }),
      control.stopped,
      findData,
    ),
    control,
  );
  if (!found) return stoppedOutcome(control);
  const before = restored?.before.resolved;
  const prepared = before ? { ...found, engineChoice: resumedChoice(options.engine, before) } : found;
  services.system.usesEngine(prepared.engine);
  const continuity = new Continuity(run, restored);
  const resolved = resolvedOf(prepared);
  if (before) {
    continuity.check([...preparedDifferences(before, resolved), ...datasetDifferences(run, before, prepared.dataset)]);
  }
  const kept = new KeptConfig(
    run.config,
    config,
    (bytes, write) => withheld.write(() => room.write(bytes, write), run.config),
  );
  kept.forget(continuity.forgotten);
  const notices = [...new Set([...prepared.notices, ...config.notices, ...continuity.notices])];
  await kept.update({
    ...{ options: withoutVoidTf32(kept.value.options, resolved.engine), resolved, notices, ...continuity.noted },
  });
  await kept.update({ repeat: repeatCommand(kept.value) });
  ledger.notices = notices;
  ledger.repeat = kept.value.repeat;
  const published = prepared.base !== null && await needsPublishedLayers(prepared.base, prepared.weights.path);
  const model = modelOf(options, prepared, published);
  if (!continuity.isUnchanged || !existsSync(run.summary)) {
    await withheld.write(() => room.write(() => 0, () => writeSummary(run, model)));
  }
  sayRun(run, kept.value, prepared, model, journal);

  const remarks = [...prepared.dataset.remarks, engineLogLine(prepared)];
  for (const text of remarks) journal.say({ type: "log", level: "info", text });
  const { open } = splitNetwork(wholeModel(model));
  const origin = headOriginOf(run.id, options, { ...prepared, classes: prepared.dataset.classes });
  // A run with a checkpoint of its own no longer needs the weights that it started with.
  const start = restored?.checkpoint ? null : keptStart(run, config, { origin, layers: open, head: headForm(options) });
  await room.settle();
  // A resumed run keeps its engine, so it fetches no other one.
  const endFetch = restored ? null : await fetchBeside(prepared, options, services);
  const setUp = new StepsSetUp(prepared, options, open);
  const work = { run, options, config: kept, prepared, origin, start, setUp, continuity };
  try {
    // What is computed once follows from what is frozen: the features of a frozen base, or nothing.
    return prepared.base !== null
      ? await trainOnFeatures(work, prepared.base, services)
      : await trainOnPixels(work, services);
  } finally {
    setUp.dispose();
    await endFetch?.();
  }
}
