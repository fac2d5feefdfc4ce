import assert from "node:assert/strict";
import { plain } from "../../plain.ts";
import { Sequence } from "../../../src/sequence.ts";
import { join } from "node:path";
import { beginHistory, readHistory } from "../../../src/run/log/history_file.ts";
import { FIGURE_NAMES } from "../../../src/metrics.ts";
import { historyColumns } from "../../../src/training/history.ts";
import { historyOf } from "../resume/resumable_run.ts";
import { withTemporaryFolder } from "../../support.ts";

const HEAD = "epoch,loss,accuracy,val_loss,val_accuracy\n";
const ROWS = [
  "0,1,0.5,2,0.4\n",
  "1,0.5,0.5,1,0.6\n",
  "2,0.3333333333333333,0.5,0.6666666666666666,0.5\n",
  "3,0.25,0.5,0.5,0.55\n",
  "4,0.2,0.5,0.4,0.58\n",
] as const;

/** Begins a history of the first epochs where the file has this content, or does not exist, and returns what it has then. */
async function begun(
  content: string | null,
  epochs: number,
  columns: Parameters<typeof beginHistory>[1] = FIGURE_NAMES,
): Promise<string> {
  return await withTemporaryFolder((folder) => {
    const path = join(folder, "history.csv");
    if (content !== null) Deno.writeTextFileSync(path, content);
    beginHistory(path, columns, historyOf(epochs));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["history.csv"]);
    return Deno.readTextFileSync(path);
  });
}

Deno.test("a resumed run's history.csv has every epoch once: later rows are removed and missing ones written", async () => {
  const three = HEAD + ROWS.slice(0, 3).join("");
  assert.equal(await begun(HEAD + ROWS.join(""), 3), three, "it was killed in epoch 6 and goes on after epoch 3");
  assert.equal(await begun(three, 3), three);
  assert.equal(await begun(HEAD + ROWS.slice(0, 2).join(""), 3), three, "its last row was not written");
  assert.equal(await begun(HEAD + ROWS[0] + ROWS[2], 3), three, "a row in the middle is missing");
  assert.equal(await begun(HEAD + ROWS[0] + ROWS[0] + ROWS[1] + ROWS[2], 3), three, "a row is there twice");
  assert.equal(await begun(HEAD + ROWS.join(""), 0), HEAD);
});

Deno.test("a history.csv that is missing, empty, torn in its last line or damaged is written again from the checkpoint", async () => {
  const three = HEAD + ROWS.slice(0, 3).join("");
  for (
    const damaged of [
      null,
      "",
      HEAD,
      HEAD.slice(0, 9),
      three.slice(0, -9),
      three.slice(0, -1),
      three.replace("0.6", "0.7"),
      three.replace("1,0.5,", "1,\u0000,"),
      "rubbish\n" + three,
      three.replaceAll("\n", "\r\n"),
    ]
  ) assert.equal(await begun(damaged, 3), three, JSON.stringify(damaged));
});

Deno.test("cells that are NaN or infinite stay as they were written", async () => {
  const rows = ["0,NaN,0.5,Infinity,0.4\n", "1,-Infinity,0.5,NaN,0.6\n"];
  await withTemporaryFolder((folder) => {
    const path = join(folder, "history.csv");
    const history = historyOf(2);
    const none = Sequence.of([null, null]);
    const gaps = { ...history, loss: none, val_loss: none };
    Deno.writeTextFileSync(path, HEAD + rows.join("") + ROWS[2]);
    beginHistory(path, FIGURE_NAMES, gaps);
    assert.equal(Deno.readTextFileSync(path), HEAD + rows.join(""));
    // What the checkpoint has as a number is not taken from a file that says otherwise.
    beginHistory(path, FIGURE_NAMES, history);
    assert.equal(Deno.readTextFileSync(path), HEAD + ROWS[0] + ROWS[1]);
    // A file that is lost has the gaps as NaN.
    Deno.removeSync(path);
    beginHistory(path, FIGURE_NAMES, gaps);
    assert.equal(Deno.readTextFileSync(path), HEAD + "0,NaN,0.5,NaN,0.4\n" + "1,NaN,0.5,NaN,0.6\n");
  });
});

Deno.test("a run that goes on with another monitored figure has its column for the earlier epochs too", async () => {
  const columns = historyColumns("val_macro_f1");
  const text = await begun(HEAD + ROWS[0] + ROWS[1], 2, columns);
  assert.equal(text, HEAD.trimEnd() + ",val_macro_f1\n0,1,0.5,2,0.4,NaN\n1,0.5,0.5,1,0.6,NaN\n");
  await withTemporaryFolder((folder) => {
    const path = join(folder, "history.csv");
    Deno.writeTextFileSync(path, text);
    assert.deepEqual(plain(readHistory(path).val_macro_f1), [null, null]);
  });
});
