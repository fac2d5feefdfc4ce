import assert from "node:assert/strict";
import { type EngineKind, type RunOptions, runOptionsSchema } from "../../src/config.ts";
import type { FetchReport } from "../../src/engine/fetching/start_fetch.ts";
import type { EventBody } from "../../src/events.ts";
import type { Machine } from "../../src/features/speeds/speed_store.ts";
import { baseNetwork } from "../../src/model/base_network.ts";
import { engineToFetch, followFetch } from "../../src/run/fetch_beside.ts";
import type { Journal } from "../../src/run/journal.ts";
import { Ledger } from "../../src/run/ledger.ts";
import { afterEvent, noticesOf, SILENT_RUN } from "../../src/run_state/run_state.ts";
import { withTemporaryFolder } from "../support.ts";

const MACHINE: Machine = { processor: { model: "Intel Xeon", features: ["AVX2", "AMX_BF16"] }, cores: 2 };

Deno.test("auto fetches OpenVINO on a first run with much data, unless HEADLIGHT_FETCH=no or something is named", () =>
  withTemporaryFolder(async (root) => {
    const network = await baseNetwork("densenet121");
    const fetched = (
      { engine = "tensorflow", images = 10_000, scratch = false, value, named, ...options }: Partial<RunOptions> & {
        readonly engine?: EngineKind;
        readonly images?: number;
        readonly scratch?: boolean;
        /** The value of HEADLIGHT_FETCH, and that of HEADLIGHT_TENSORFLOW. */
        readonly value?: string;
        readonly named?: string;
      },
      request: RunOptions["engine"] = "auto",
    ) => {
      const dataset = { train: { count: images }, validation: { count: 0 } };
      const variables = new Map([["HEADLIGHT_FETCH", value], ["HEADLIGHT_TENSORFLOW", named]]);
      const env = (name: string) => variables.get(name);
      return engineToFetch(
        { engine: { kind: engine }, network: scratch ? null : network, dataset },
        { ...runOptionsSchema.parse({ engine: request }), ...options },
        { env, root, machine: MACHINE },
      );
    };
    assert.equal(await fetched({}), "openvino");
    assert.equal(await fetched({ value: "" }), "openvino");
    assert.equal(await fetched({ value: "no" }), null);
    assert.equal(await fetched({ images: 1165 }), null);
    assert.equal(await fetched({ named: "/site/tensorflow" }), null);
    assert.equal(await fetched({ engine: "cuda" }), null);
    assert.equal(await fetched({ engine: "wasm" }), null);
    assert.equal(await fetched({ scratch: true }), null);
    assert.equal(await fetched({ tensorflow: "/site/tensorflow" }), null);
    assert.equal(await fetched({}, "tensorflow"), null);
  }));

/** Follows a fetch with this report. */
async function followed(report: FetchReport | null) {
  const said: EventBody[] = [];
  const ledger = new Ledger();
  const journal: Pick<Journal, "say"> = { say: (body) => void said.push(body) };
  const done = Promise.resolve(report);
  let ended = 0;
  const fetching = { done, end: () => Promise.resolve(void ended++) };
  const end = followFetch("openvino", fetching, { downloadBytes: 59_130_756 }, { journal, ledger });
  await done;
  await Promise.resolve();
  await end();
  assert.equal(ended, 1);
  return { said, notices: ledger.notices };
}

Deno.test("a fetch that fails is a notice that stays on the screen until the end of the run, never an error", async () => {
  const { said, notices } = await followed({ type: "failed", why: "no network" });
  const text = "OpenVINO could not be set up beside the run: no network. Set HEADLIGHT_FETCH=no to prevent this.";
  assert.deepEqual(notices, [text]);
  const last = said.at(-1);
  assert.deepEqual(last, { type: "log", level: "warn", text, stays: true });
  assert.ok(last?.type === "log");
  const state = afterEvent(SILENT_RUN, { ...last, seq: 1, v: 1, time: "2026-11-27T12:00:00.000Z" });
  assert.deepEqual(noticesOf(state), [text]);
  assert.equal(state.log.at(-1)?.text, text);
});

Deno.test("the log says what is fetched, how large it is and when it is there, and nothing of a fetch that was ended", async () => {
  const texts = ({ said }: { said: readonly EventBody[] }) =>
    said.map((body) => (body.type === "log" ? [body.level, body.text] : body));
  const begun = [
    "info",
    "Downloading OpenVINO (59 MB) beside the run, for later ones: it may be faster here. " +
    "Set HEADLIGHT_FETCH=no to prevent this.",
  ];
  const fetched = await followed({ type: "fetched", version: "2026.4.1" });
  const there = ["info", "OpenVINO 2026.4.1 is here. The next run with --engine auto on as much data measures it."];
  assert.deepEqual(texts(fetched), [begun, there]);
  assert.deepEqual(texts(await followed(null)), [begun]);
});
