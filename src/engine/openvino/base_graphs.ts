/** Computes frozen bases with OpenVINO. */
import type { BaseGraphs } from "../base_graphs.ts";
import { openvinoShapes } from "./call_shapes.ts";
import { CompiledModel } from "./compiled_model.ts";
import type { OpenvinoLibrary } from "./library.ts";

/**
 * Returns how OpenVINO computes bases. Each lane is a request of its own. The number of requests and
 * threads does not change a bit of a feature, nor does the batch size (tests/features/openvino_base_test.ts).
 */
export function openvinoGraphs(library: OpenvinoLibrary): BaseGraphs {
  return {
    rewritten: false,
    shapes: openvinoShapes,
    open({ folder }, { shape, precision, cores }) {
      const model = new CompiledModel(library, folder, { precision, requests: shape.lanes, threads: cores });
      return {
        run: (lanes) =>
          model.run(lanes.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength))),
        dispose: () => model.dispose(),
      };
    },
  };
}
