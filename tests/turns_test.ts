import assert from "node:assert/strict";
import { Turns } from "../src/turns.ts";

/** Blocks the thread, as a native call does. */
function busy(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;);
}

Deno.test("signals and messages of other processes are handled within a few calls of 10 ms", async () => {
  const turns = new Turns();
  const child = new Deno.Command("/bin/sh", { args: ["-c", `kill -USR2 ${Deno.pid}; echo heard`], stdout: "piped" });
  const heard = { signal: 0, words: 0 };
  let calls = 0;
  const onSignal = () => void (heard.signal = calls);
  Deno.addSignalListener("SIGUSR2", onSignal);
  const { stdout, status } = child.spawn();
  const words = new Response(stdout).text().then((text) => {
    heard.words = calls;
    return text;
  });
  while (calls < 100 && (heard.signal === 0 || heard.words === 0)) {
    calls++;
    busy(10);
    await turns.next();
  }
  assert.equal(await words, "heard\n");
  await status;
  Deno.removeSignalListener("SIGUSR2", onSignal);
  assert.ok(heard.signal > 0 && heard.signal <= 30, `the signal was heard after ${heard.signal} calls`);
  assert.ok(heard.words > 0 && heard.words <= 30, `the words were heard after ${heard.words} calls`);
});
