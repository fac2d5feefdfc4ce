import assert from "node:assert/strict";
import type { EngineKind } from "../../../src/config.ts";
import { engines } from "../../../src/engine/engines/list.ts";
import { ranking } from "../../../src/features/speeds/ranking.ts";
import type { Speed } from "../../../src/features/speeds/speed_store.ts";

type Case = readonly [kind: EngineKind, imagesPerSecond: number, base?: string, size?: number];

function speed([kind, images_per_second, base = "densenet121", size = 160]: Case): Speed {
  return {
    v: 1,
    engine: { kind, version: "1", device: "cpu" },
    precision: "float32",
    ...{ base, size, recipe: "", processor: "AMD EPYC", cores: 2, images_per_second },
    measured: "2026-11-27T04:00:00.000Z",
  };
}

function rank(...cases: Case[]) {
  return ranking(cases.map(speed), {
    subject: { base: "densenet121", size: 160 },
    order: ["tensorflow", "wasm"],
    nameOf: (kind) => engines[kind].name,
  });
}

Deno.test("auto takes the fastest of what was measured with the run's own base, whatever other bases say", () => {
  const others: Case[] = [["tensorflow", 200, "squeezenet11"], ["openvino", 400, "squeezenet11"]];
  assert.deepEqual(rank(...others, ["tensorflow", 60], ["openvino", 50], ["wasm", 10]), {
    kind: "tensorflow",
    why: "the fastest of what was measured here",
    figures: "Images per second with densenet121 at 160 in float32, measured here: TensorFlow 60, OpenVINO 50, " +
      "WebAssembly 10.",
  });
  assert.equal(rank(...others, ["tensorflow", 60], ["openvino", 80]).kind, "openvino");
});

Deno.test("if two engines were not measured with the run's base, its base at another size counts, then another base", () => {
  const squeezenet: Case[] = [["tensorflow", 200, "squeezenet11"], ["openvino", 400, "squeezenet11"]];
  assert.equal(rank(...squeezenet, ["tensorflow", 60]).kind, "openvino");
  assert.match(rank(...squeezenet, ["tensorflow", 60]).figures ?? "", /with squeezenet11 at 160 /);
  const small: Case[] = [["tensorflow", 200, "densenet121", 96], ["openvino", 150, "densenet121", 96]];
  assert.equal(rank(...squeezenet, ["tensorflow", 60], ...small).kind, "tensorflow");
});

Deno.test("a tie, and a difference of up to 5 %, keep TensorFlow, and the reason says so", () => {
  for (const images of [100, 104.9]) {
    const { kind, why } = rank(["tensorflow", 100], ["openvino", images]);
    assert.equal(kind, "tensorflow");
    const close = "not clearly slower than OpenVINO, the fastest that was measured here";
    assert.equal(why, images === 100 ? "the fastest of what was measured here" : close);
  }
  assert.equal(rank(["openvino", 100], ["tensorflow", 100]).kind, "tensorflow");
  assert.equal(rank(["tensorflow", 100], ["openvino", 105.1]).kind, "openvino");
});

Deno.test("without two speeds of one base auto stays with the usual engine, and says why", () => {
  assert.deepEqual(rank(), {
    kind: null,
    why: "the usual one, because no engine was measured here",
    figures: null,
  });
  assert.deepEqual(rank(["tensorflow", 60]), { kind: null, why: "the only one measured here", figures: null });
  for (const cases of [[["openvino", 60]], [["tensorflow", 60], ["openvino", 400, "squeezenet11"]]] as Case[][]) {
    const { kind, why } = rank(...cases);
    assert.deepEqual([kind, why], [null, "the usual one, because no two were measured with the same base here"]);
  }
});

Deno.test("an engine with several speeds of one base counts once, with its highest", () => {
  const { kind, figures } = rank(["tensorflow", 60], ["tensorflow", 90], ["openvino", 80]);
  assert.equal(kind, "tensorflow");
  assert.match(figures ?? "", /: TensorFlow 90, OpenVINO 80\.$/);
});
