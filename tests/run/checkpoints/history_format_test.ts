import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointStore } from "../../../src/run/checkpoints/checkpoint_store.ts";
import { checkpointFiles } from "../../../src/run/checkpoints/checkpoint_format.ts";
import { packHistory, unpackHistory } from "../../../src/run/checkpoints/history_format.ts";
import { manifestText } from "../../../src/run/checkpoints/manifest.ts";
import { newestCheckpoint } from "../../../src/run/checkpoints/newest_checkpoint.ts";
import { readCheckpoint } from "../../../src/run/checkpoints/read_checkpoint.ts";
import { EMPTY_HISTORY, figuresOfEpochs, type History, historySchema } from "../../../src/training/history.ts";
import { plain } from "../../plain.ts";
import { withTemporaryFolder } from "../../support.ts";
import { LAYERS, madeHistory, madeSnapshot, PROVENANCE } from "./made_checkpoint.ts";

const FILE = { path: "history.bin", remedy: "", exitStatus: 1 } as const;

function stored(history: History): History {
  const { listed, bytes } = packHistory(history);
  return unpackHistory(bytes, listed, FILE);
}

Deno.test("the figures of all epochs come back to the bit, with gaps, and as they came back from text", () => {
  const extremes = figuresOfEpochs([0, 5e-324, 1.7976931348623157e308, null, 1 / 3, 2 ** -1074 * 3, 0.1 + 0.2]);
  const { loss, ...others } = madeHistory(7);
  for (const history of [{ loss: extremes, ...others }, { ...others, loss }, madeHistory(100), EMPTY_HISTORY]) {
    assert.deepEqual(plain(stored(history)), plain(history));
    const text = JSON.stringify(history);
    assert.deepEqual(plain(stored(history)), plain(historySchema.parse(JSON.parse(text))));
  }
});

Deno.test("a history of before the class metrics stays one without them", () => {
  const { val_balanced_accuracy: _, val_macro_f1: __, ...old } = madeHistory(3);
  assert.deepEqual(plain(stored(old)), plain(old));
  assert.equal(packHistory(old).bytes.length, 3 * 4 * 8);
});

/** Writes a checkpoint as versions 1 to 3 did: with the history in state.json. */
function writeVersion3(folder: string, epoch: number): string {
  const snapshot = { ...madeSnapshot(LAYERS), epoch, history: madeHistory(epoch) };
  const { path } = new CheckpointStore(folder, PROVENANCE).save(snapshot, "last");
  const { "history.bin": _, ...files } = checkpointFiles(snapshot);
  const { history_bin: __, ...state } = JSON.parse(new TextDecoder().decode(files["state.json"]));
  const text = JSON.stringify({ ...state, version: 3, history: snapshot.history }, null, 1);
  const old = { ...files, "state.json": new TextEncoder().encode(text) };
  Deno.removeSync(join(path, "history.bin"));
  Deno.writeFileSync(join(path, "state.json"), old["state.json"]);
  Deno.writeTextFileSync(join(path, "manifest.json"), manifestText(PROVENANCE, snapshot, old));
  return path;
}

Deno.test("a checkpoint of version 3, with its history in state.json, is read and gone on from", async () => {
  await withTemporaryFolder((folder) => {
    const { snapshot } = readCheckpoint(writeVersion3(folder, 4));
    const expected = { ...madeSnapshot(LAYERS), epoch: 4, history: madeHistory(4) };
    assert.deepEqual(plain(snapshot), plain(expected));
    const { sound } = newestCheckpoint(folder);
    const store = new CheckpointStore(folder, PROVENANCE, sound?.stored ?? null);
    const { path } = store.save({ ...snapshot, step: 1 }, "last");
    assert.deepEqual(plain(readCheckpoint(path).snapshot.history), plain(madeHistory(4)));
  });
});

Deno.test("a history.bin that is missing, or of another state.json, is refused by name, even with digests of its own", async () => {
  await withTemporaryFolder((folder) => {
    const snapshot = { ...madeSnapshot(LAYERS), epoch: 3, history: madeHistory(3) };
    const { path } = new CheckpointStore(folder, PROVENANCE).save(snapshot, "last");
    const { "history.bin": _, ...rest } = checkpointFiles(snapshot);
    const problemWith = (files: Record<string, Uint8Array>): string => {
      for (const [name, content] of Object.entries(files)) Deno.writeFileSync(join(path, name), content);
      Deno.writeTextFileSync(join(path, "manifest.json"), manifestText(PROVENANCE, snapshot, files));
      return newestCheckpoint(folder).damaged[0]?.problem ?? "it was taken";
    };
    assert.match(problemWith(rest), /epoch-0003\/history\.bin is not listed in its manifest\.json$/);
    const other = packHistory(madeHistory(4)).bytes;
    assert.match(problemWith({ ...rest, "history.bin": other }), /\/history\.bin has 192 bytes instead of 144$/);
  });
});
