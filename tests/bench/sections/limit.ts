/** Measures the machine's own limit: the operations per second of a large matrix product in each precision. */
import { type Bench, type Section } from "../bench.ts";
import { runDeno, runPython } from "../children.ts";
import { matmulResultSchema } from "../matmul_child.ts";
import { measure } from "../measures.ts";
import type { Measure } from "../report_schema.ts";

export const LIMIT_QUANTITY = "matrix product";

/** Large enough to measure the arithmetic and not the overhead of a call. */
const SIDE = 2048;
const TIMES = 9;

const taken = new WeakMap<Bench, Promise<Measure[]>>();

/** Measured once per bench, because other sections compare their figures with it. */
export function machineLimit(bench: Bench): Promise<Measure[]> {
  const known = taken.get(bench) ?? take(bench);
  taken.set(bench, known);
  return known;
}

async function take(bench: Bench): Promise<Measure[]> {
  const { spec: { engine } } = await bench.prepared();
  const python = await bench.python();
  bench.say("limit: tfjs-node, float32");
  const { result } = await runDeno("matmul_child.ts", { engine, side: SIDE, times: TIMES }, matmulResultSchema);
  const measures = [measure(LIMIT_QUANTITY, "tfjs-node, float32", "GFLOP/s", result.gigaflopsPerSecond)];
  for (const precision of python === null ? [] : ["float32", "bfloat16"]) {
    bench.say(`limit: TensorFlow, ${precision}`);
    const { result } = await runPython(
      python ?? "",
      "matmul.py",
      { side: SIDE, times: TIMES, precision },
      matmulResultSchema,
    );
    measures.push(measure(LIMIT_QUANTITY, `TensorFlow, ${precision}`, "GFLOP/s", result.gigaflopsPerSecond));
  }
  return measures;
}

export const limitSection: Section = {
  name: "limit",
  title: "The machine's limit",
  async run(bench) {
    return {
      measures: await machineLimit(bench),
      checks: [],
      notes: [`${SIDE}×${SIDE} times ${SIDE}×${SIDE}, on all cores.`],
    };
  },
};
