import assert from "node:assert/strict";
import type { EngineKind, RunOptions } from "../../src/config.ts";
import type { Ranking } from "../../src/features/speeds/ranking.ts";
import { engineChoice, engineLogLine, resumedChoice } from "../../src/run/engine_choice.ts";

const FASTEST: Ranking = { kind: "openvino", why: "the fastest of what was measured here", figures: "Figures." };
const UNMEASURED: Ranking = { kind: null, why: "the only one measured here", figures: null };

function whyOf(
  options: Pick<RunOptions, "engine" | "gpu">,
  kind: EngineKind,
  ranking: Ranking | null,
): string {
  return engineChoice({ options, engine: { kind }, ranking, usual: "tensorflow" }).why;
}

Deno.test("a run says why it uses its engine, however that was chosen", () => {
  const auto = { engine: "auto", gpu: undefined } as const;
  const cases: [string, string][] = [
    [whyOf({ ...auto, engine: "openvino" }, "openvino", null), "named with --engine"],
    [whyOf({ ...auto, gpu: 1 }, "cuda", UNMEASURED), "named with --gpu"],
    [whyOf(auto, "cuda", FASTEST), "the first choice where an NVIDIA GPU can be used"],
    [whyOf(auto, "openvino", FASTEST), FASTEST.why],
    [whyOf(auto, "tensorflow", UNMEASURED), UNMEASURED.why],
    [whyOf(auto, "tensorflow", FASTEST), "the first that can be used here"],
    [whyOf(auto, "wasm", UNMEASURED), "the first that can be used here"],
    [whyOf(auto, "tensorflow", null), "the one that trains a network from scratch"],
  ];
  for (const [why, expected] of cases) assert.equal(why, expected);
});

Deno.test("the figures are said only of the engine that they decided on", () => {
  const of = (kind: EngineKind) =>
    engineChoice({
      options: { engine: "auto", gpu: undefined },
      engine: { kind },
      ranking: FASTEST,
      usual: "tensorflow",
    });
  assert.equal(of("openvino").figures, "Figures.");
  assert.equal(of("tensorflow").figures, null);
});

Deno.test("a resumed run keeps the reason why its engine was chosen, unless an engine is named now", () => {
  assert.equal(resumedChoice("auto", { engine_why: FASTEST.why }).why, FASTEST.why);
  assert.equal(resumedChoice("auto", {}).why, "the one that the run began with");
  assert.equal(resumedChoice("wasm", { engine_why: FASTEST.why }).why, "named with --engine");
});

Deno.test("the log line names engine, version, device, the reason and the figures", () => {
  const engine = { kind: "openvino", version: "2026.4.1", device: "cpu" } as const;
  assert.equal(
    engineLogLine({ engine, engineChoice: FASTEST }),
    "The engine is OpenVINO 2026.4.1 on the processor: the fastest of what was measured here. Figures.",
  );
  const gpu = { kind: "cuda", version: "2.21.0", device: "gpu", device_name: "NVIDIA H100" } as const;
  assert.equal(
    engineLogLine({ engine: gpu, engineChoice: { why: "named with --engine", figures: null } }),
    "The engine is CUDA 2.21.0 on NVIDIA H100: named with --engine.",
  );
});
