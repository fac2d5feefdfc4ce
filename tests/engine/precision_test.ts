import assert from "node:assert/strict";
import { checkPrecision } from "../../src/engine/engines/precision.ts";

const WITH = "flags\t\t: fpu avx2 avx512f avx512_bf16\n";
const WITHOUT = "flags\t\t: fpu avx2 avx512f amx_tile\n";

function refusal(...args: Parameters<typeof checkPrecision>): string {
  let message = "";
  assert.throws(() => checkPrecision(...args), (error: Error & { exitStatus?: number }) => {
    assert.equal(error.name, "HeadlightError");
    message = error.message;
    return true;
  });
  return message;
}

Deno.test("bfloat16 is chosen where the processor computes it, float32 everywhere else", () => {
  checkPrecision("bfloat16", "auto", WITH);
  checkPrecision("bfloat16", "tensorflow", "flags : amx_bf16");
  for (const cpuinfo of [WITH, WITHOUT, ""]) checkPrecision("float32", "wasm", cpuinfo);
});

Deno.test("bfloat16 is refused as bad input on wasm and where it would be slower", () => {
  for (const cpuinfo of [WITHOUT, ""]) {
    assert.match(
      refusal("bfloat16", "auto", cpuinfo),
      /^--precision bfloat16: this processor has neither AVX512_BF16 nor AMX.*\. Remove --precision bfloat16\.$/,
    );
  }
  assert.match(
    refusal("bfloat16", "wasm", WITH),
    /^--precision bfloat16 needs TensorFlow or OpenVINO\. It cannot be combined with --engine wasm\. Remove one of them\.$/,
  );
});
