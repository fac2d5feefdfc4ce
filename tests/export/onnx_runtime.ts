/** Computes ONNX models with ONNX Runtime, for tests. */
import { join } from "node:path";
import { z } from "zod";
import { at } from "../../src/at.ts";
import type { Shape } from "../../src/bases/layer_spec.ts";
import { encodeModel, type ModelProto } from "../../src/export/onnx/graph/proto.ts";
import { askPython } from "../python/python.ts";
import { withTemporaryFolder } from "../support.ts";

/** A float32 array. */
export interface Numbers {
  readonly shape: Shape;
  readonly data: Float32Array;
}

export interface OnnxCase {
  readonly model: ModelProto;
  /** The inputs by name, with the batch dimension first. */
  readonly inputs: Readonly<Record<string, Numbers>>;
}

const valueSchema = z.tuple([z.string(), z.string(), z.array(z.union([z.int(), z.string()]))]);
const resultSchema = z.object({
  inputs: z.array(valueSchema),
  outputs: z.array(valueSchema),
  shape: z.array(z.int()),
  producer: z.string(),
  metadata: z.record(z.string(), z.string()),
});

/** What ONNX Runtime computed, and what it read of the model: inputs and outputs with their types and shapes. */
export type OnnxResult = z.infer<typeof resultSchema> & { readonly data: Float32Array };

/** Checks each model with ONNX's checker and computes it, all in one process. */
export function runOnnx(cases: readonly OnnxCase[]): Promise<OnnxResult[]> {
  return withTemporaryFolder(async (folder) => {
    const written = cases.map(({ model, inputs }, index) => {
      const path = (name: string) => join(folder, `${index}.${name}`);
      Deno.writeFileSync(path("onnx"), encodeModel(model));
      const files = Object.entries(inputs).map(([name, { shape, data }]) => {
        Deno.writeFileSync(path(name), new Uint8Array(Float32Array.from(data).buffer));
        return [name, { file: path(name), shape }] as const;
      });
      return { model: path("onnx"), inputs: Object.fromEntries(files), output: path("output") };
    });
    const list = join(folder, "cases.json");
    Deno.writeTextFileSync(list, JSON.stringify(written));
    const results = z.array(resultSchema).length(cases.length).parse(await askPython("run_onnx.py", list));
    return results.map((result, index) => ({
      ...result,
      data: new Float32Array(Deno.readFileSync(at(written, index).output).buffer),
    }));
  });
}
