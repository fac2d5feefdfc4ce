/** Measures where the time goes: the phases of a run, the steps of the extractor, and the primitives of the network. */
import { shareCores } from "../../../src/engine/share_cores.ts";
import { baseNetwork } from "../../../src/model/base_network.ts";
import { BASE_MODES, type BaseMode } from "../base_modes.ts";
import { type Bench, forgetFeatures, type Section } from "../bench.ts";
import { runDeno } from "../children.ts";
import { flopsPerImage } from "../flops.ts";
import { type HeadlightRun, runHeadlight } from "../headlight_run.ts";
import { measure } from "../measures.ts";
import { millisecondsByPrimitive } from "../onednn_log.ts";
import { profileResultSchema } from "../profile_child.ts";
import type { Measure } from "../report_schema.ts";

const IMAGES = 128;
const QUICK_IMAGES = 64;

export const profileSection: Section = {
  name: "profile",
  title: "Where the time goes",
  async run(bench) {
    const measures = await phases(bench);
    for (const mode of BASE_MODES) measures.push(...await extractorSteps(bench, mode));
    return {
      measures,
      checks: [],
      notes: [
        "run: the phases of a run of the lesson. The time outside them is the viewer's start and end.",
        "extractor: milliseconds per image. A real run reads while the network computes. Resizing is part of features.",
        "oneDNN: milliseconds per image by kind of primitive (ONEDNN_VERBOSE), from a separate run, over the number of " +
        "parallel towers. The rest of features is what TensorFlow and tfjs do outside of oneDNN.",
      ],
    };
  },
};

async function phases(bench: Bench): Promise<Measure[]> {
  const place = bench.place("profile");
  const args = await bench.lesson();
  bench.say("profile: runs of the lesson");
  await runHeadlight(await bench.lesson({ epochs: 1 }), place);
  forgetFeatures(place);
  const runs = [
    ["run, no features cached", await runHeadlight(args, place)],
    ["run, features cached", await runHeadlight(args, place)],
  ] as const;
  return runs.flatMap(([of, run]) => phasesOf(run).map(([what, seconds]) => measure(what, of, "s", [seconds])));
}

function phasesOf({ seconds, wallSeconds }: HeadlightRun): (readonly [string, number])[] {
  const { prepare, extract, train, total } = seconds;
  return [["prepare", prepare], ["extract", extract], ["train", train], ["outside the phases", wallSeconds - total]];
}

async function extractorSteps(bench: Bench, mode: BaseMode): Promise<Measure[]> {
  const { spec } = await bench.prepared();
  const images = bench.options.quick ? QUICK_IMAGES : IMAGES;
  const name = `${mode.mode}, ${mode.precision}`;
  const request = { spec, mode, images, cacheRoot: `${bench.work}/profile-rows` };
  bench.say(`profile: the extractor's steps, ${name}`);
  const { result } = await runDeno("profile_child.ts", request, profileResultSchema);
  bench.say(`profile: the network's primitives, ${name}`);
  const { output, result: logged } = await runDeno("profile_child.ts", request, profileResultSchema, {
    env: { ONEDNN_VERBOSE: "1" },
  });
  const { engineSeconds, baseSeconds, firstBatchSeconds, readMs, resizeMs, featuresMs, writeMs } = result;
  // In a captured graph, the towers run their primitives at the same time.
  const atOnce = mode.mode === "captured" ? shareCores(navigator.hardwareConcurrency).towers : 1;
  const primitives = [...millisecondsByPrimitive(output)].map(([kind, ms]) => [kind, ms / images / atOnce] as const)
    .toSorted(([, one], [, other]) => other - one);
  const convolutionMs = primitives.find(([kind]) => kind === "convolution")?.[1];
  const gigaflops = flopsPerImage((await baseNetwork(spec.base)).layers(spec.size, spec.pooling)) / 1e9;
  const seconds = [["engine loaded", engineSeconds], ["base opened", baseSeconds], ["first batch", firstBatchSeconds]];
  const steps = [["read", readMs], ["resize, scale", resizeMs], ["features", featuresMs], ["write", writeMs]];
  return [
    ...seconds.map(([what, value]) => measure(String(what), `extractor, ${name}`, "s", [Number(value)])),
    ...steps.map(([what, value]) => measure(String(what), `extractor, ${name}`, "ms", [Number(value)])),
    ...primitives.map(([kind, ms]) => measure(kind.replaceAll("_", " "), `oneDNN, ${name}`, "ms", [ms])),
    measure("rest of features", `oneDNN, ${name}`, "ms", [
      logged.featuresMs - primitives.reduce((sum, [, ms]) => sum + ms, 0),
    ]),
    ...(convolutionMs
      ? [measure("convolution speed", `oneDNN, ${name}`, "GFLOP/s", [gigaflops / convolutionMs * 1000])]
      : []),
  ];
}
