/** Computes frozen bases as TensorFlow graphs. */
import type { BaseGraphs } from "../base_graphs.ts";
import type { Tf } from "../engine.ts";
import { tensorflowShapes } from "./call_shapes.ts";
import { GraphSession } from "./capture/session.ts";

/**
 * Returns how TensorFlow computes bases. Each lane is a copy of the network, a tower. The process must load TensorFlow
 * with the number of threads that `shareCores` returns.
 */
export function tensorflowGraphs(tf: Tf): BaseGraphs {
  return {
    rewritten: true,
    shapes: tensorflowShapes,
    open({ folder, name, ports }, { shape }) {
      const paths = Array.from({ length: shape.lanes }, (_, tower) => `pixels of tower ${tower}`);
      const session = new GraphSession(tf, folder, name, ports, paths);
      return {
        run(lanes) {
          const results = session.run(lanes);
          try {
            return results.map((result) => {
              const values = result.dataSync();
              if (!(values instanceof Float32Array)) throw new Error(`the graph of ${name} gives ${result.dtype}`);
              return values.slice();
            });
          } finally {
            for (const result of results) result.dispose();
          }
        },
        dispose: () => session.dispose(),
      };
    },
  };
}
