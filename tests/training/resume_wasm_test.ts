import { eagerSteps } from "../../src/training/steps.ts";
import { wasmEngine } from "../engine.ts";
import { assertSameWhereverCut, SAME_WHEREVER_CUT } from "./interrupted.ts";
import { MADE_UP, madeUpOptions, stepsSpec } from "./made_up.ts";

const { tf } = await wasmEngine();

Deno.test(`a head on wasm: ${SAME_WHEREVER_CUT}`, async () => {
  const options = madeUpOptions({ epochs: 3 });
  await assertSameWhereverCut({ options, data: MADE_UP, steps: () => eagerSteps(tf, stepsSpec(options)) });
});
