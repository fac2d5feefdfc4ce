import assert from "node:assert/strict";
import type { CallShape, OpenedGraph } from "../../../src/engine/base_graphs.ts";
import { fastestShape } from "../../../src/features/base/fastest_shape.ts";

const KIND = { height: 2, width: 2, dtype: "uint8" } as const;

/** A clock that only graphs move, and graphs whose calls take a known time. */
function graphsTaking(msOf: (shape: CallShape) => number, featureOf: (shape: CallShape) => number = () => 1) {
  const seen: { shape: CallShape; lanes: number; bytes: number }[] = [];
  let nowMs = 0;
  let open = 0;
  let mostOpen = 0;
  const make = (shape: CallShape): OpenedGraph => {
    mostOpen = Math.max(mostOpen, ++open);
    return {
      run(lanes) {
        nowMs += msOf(shape);
        seen.push({ shape, lanes: lanes.length, bytes: lanes[0]?.length ?? 0 });
        return lanes.map(() => new Float32Array(shape.batch).fill(featureOf(shape)));
      },
      dispose: () => void open--,
    };
  };
  return { make, nowMs: () => nowMs, seen, left: () => open, most: () => mostOpen };
}

Deno.test("the division whose images take the least time is chosen, not the one whose calls do", () => {
  const shapes = [{ batch: 4, lanes: 2 }, { batch: 16, lanes: 2 }, { batch: 8, lanes: 2 }];
  const graphs = graphsTaking(({ batch }) => ({ 4: 80, 16: 240, 8: 150 })[batch] ?? 0);
  assert.deepEqual(fastestShape(shapes, KIND, graphs.make, graphs.nowMs), { batch: 16, lanes: 2 });
  assert.equal(graphs.left(), 0, "every graph is disposed");
  assert.equal(graphs.most(), 1, "one at a time, because each holds the weights");
  for (const { shape, lanes, bytes } of graphs.seen) assert.deepEqual([lanes, bytes], [shape.lanes, shape.batch * 12]);
});

Deno.test("a single division is not measured", () => {
  const graphs = graphsTaking(() => 1);
  assert.deepEqual(fastestShape([{ batch: 4, lanes: 2 }], KIND, graphs.make, graphs.nowMs), { batch: 4, lanes: 2 });
  assert.equal(graphs.seen.length, 0);
});

Deno.test("a graph that fails while it is measured is disposed", () => {
  const graphs = graphsTaking(() => {
    throw new Error("broken");
  });
  const shapes = [{ batch: 4, lanes: 2 }, { batch: 8, lanes: 2 }];
  assert.throws(() => fastestShape(shapes, KIND, graphs.make, graphs.nowMs), /broken/);
  assert.equal(graphs.left(), 0);
});

Deno.test("a faster division whose features have other bits is not chosen", () => {
  const shapes = [{ batch: 4, lanes: 2 }, { batch: 16, lanes: 2 }, { batch: 8, lanes: 2 }];
  const graphs = graphsTaking(
    ({ batch }) => ({ 4: 80, 16: 160, 8: 150 })[batch] ?? 0,
    ({ batch }) => batch === 16 ? 2 : 1,
  );
  assert.deepEqual(fastestShape(shapes, KIND, graphs.make, graphs.nowMs), { batch: 8, lanes: 2 });
});
