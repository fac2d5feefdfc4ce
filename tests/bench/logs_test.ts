/** Tests what the bench reads from the output of other programs. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { lastJson } from "./children.ts";
import { extractionReadings, parseEvents } from "./headlight_run.ts";
import { perSecond } from "./numbers.ts";
import { COUNT_FROM, COUNT_TO, millisecondsByPrimitive } from "./onednn_log.ts";
import { extractionTime } from "./terminal_run.ts";

const CONVOLUTION = "onednn_verbose,v1,primitive,exec,cpu,convolution,brg_conv_fwd:avx512_core,forward_training," +
  "src:f32::blocked:acdb::f0 wei:f32:a:blocked:Acdb32a::f0,attr-scratchpad:user,alg:convolution_direct,mb32_ic64oc32,";

Deno.test("oneDNN's milliseconds are summed by primitive, only between the marks", () => {
  const output = [
    `${CONVOLUTION}100`,
    COUNT_FROM,
    `${CONVOLUTION}1.5`,
    "onednn_verbose,v1,primitive,exec,cpu,batch_normalization,bnorm_jit,x,,,,0.25",
    "onednn_verbose,v1,info,cpu,runtime:threadpool,nthr:2",
    `${CONVOLUTION}2.5e0`,
    COUNT_TO,
    `${CONVOLUTION}100`,
  ].join("\n");
  assert.deepEqual([...millisecondsByPrimitive(output)], [["convolution", 4], ["batch_normalization", 0.25]]);
});

Deno.test("a child's result is its last line of JSON, whatever native code prints around it", () => {
  assert.deepEqual(lastJson('{"old":1}\nnoise\n{"new":2}\n{not JSON\nbye\n'), { new: 2 });
  assert.equal(lastJson("nothing"), undefined);
});

Deno.test("a run's log shows how many images were done when, and when extraction began and ended", () => {
  const log = Deno.readTextFileSync(join(PROJECT_ROOT, "tests/fixtures/runs/lesson.jsonl"));
  const events = parseEvents(log);
  const readings = extractionReadings(events);
  assert.ok(readings.length > 1 && readings.every(({ value }) => value > 0));
  assert.ok((perSecond(readings) ?? 0) > 0);
  const { fromMs, toMs } = extractionTime(events);
  assert.equal(fromMs, readings[0]?.atMs);
  assert.ok(toMs >= (readings.at(-1)?.atMs ?? Infinity));
});

Deno.test("a log without extraction has no rate", () => {
  assert.deepEqual(extractionReadings(parseEvents("")), []);
  const { fromMs, toMs } = extractionTime([]);
  assert.ok(fromMs > toMs);
});
