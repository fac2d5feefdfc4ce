/**
 * Tries many seeded mutations of each input format: `deno run -A tests/mutations/main.ts [COUNT] [FORMAT…]`. The test
 * suite tries a few hundred of the same ones.
 */
import prettyBytes from "pretty-bytes";
import { FORMATS } from "./formats.ts";
import { tryMutations } from "./tried.ts";

const [count = "10000", ...wanted] = Deno.args;
const names = wanted.length > 0 ? wanted : FORMATS.map(({ name }) => name);
console.log("format  mutations  refused  (by time limit)  read  crashed  hung  slowest  most memory");
let sound = true;
for (const name of names) {
  const { refused, ended, read, crashed, hung, slowestMs, mostGrownBytes } = await tryMutations(name, Number(count));
  const figures = [name, count, refused, `(${ended})`, read, crashed.length, hung.length];
  console.log([...figures, `${slowestMs.toFixed(0)} ms`, prettyBytes(mostGrownBytes)].join("  "));
  for (const { index, error } of crashed.slice(0, 5)) console.log(`  crashed, mutation ${index}: ${error}`);
  if (hung.length > 0) console.log(`  hung: mutations ${hung.join(", ")}`);
  sound &&= crashed.length === 0 && hung.length === 0;
}
Deno.exit(sound ? 0 : 1);
