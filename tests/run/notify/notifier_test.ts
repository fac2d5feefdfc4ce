/** Notifications by real processes to real commands and a real server. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runOptionsSchema } from "../../../src/config.ts";
import { runDirectory } from "../../../src/run/folder/directory.ts";
import { notifiedRun } from "../../../src/run/notify/message.ts";
import { Notifier } from "../../../src/run/notify/notifier.ts";
import { eventually, isAlive } from "../../process.ts";
import { withTemporaryFolder } from "../../support.ts";
import { endOf } from "../made_run.ts";

/** Longer than a slow machine takes to start the process. */
const SOON_MS = 20_000;

interface Told {
  readonly notices: string[];
  readonly tookMs: number;
}

/** Tells the end of a run to a target. Resolves when the run would end. `afterwards` is called when the notifier is made. */
async function tell(target: string, limitMs = SOON_MS, afterwards = () => {}): Promise<Told> {
  const notices: string[] = [];
  const notifier = new Notifier({
    ...{ target, limitMs },
    run: notifiedRun(runDirectory("/runs/R"), runOptionsSchema.parse({}), "here"),
    reached: () => ({ epochs: 0, best: null }),
    notice: (text) => notices.push(text),
  });
  afterwards();
  const end = endOf("R");
  assert.ok(end.type === "end");
  const sinceMs = performance.now();
  await notifier.ended(end, 0);
  return { notices, tookMs: performance.now() - sinceMs };
}

async function noticeOf({ notices }: Told): Promise<string> {
  await eventually("a notice", () => notices.length > 0, SOON_MS);
  return notices.join("\n");
}

/** A server that keeps what it gets, and answers as `answer` says. */
function serve(answer: (request: Request) => Response | Promise<Response> = () => new Response("ok")) {
  const got: { readonly type: string | null; readonly path: string; readonly body: unknown }[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname: path, search } = new URL(request.url);
    got.push({ type: request.headers.get("content-type"), path: path + search, body: await request.json() });
    return await answer(request);
  });
  return { got, server, host: `127.0.0.1:${server.addr.port}` };
}

Deno.test("a command gets one JSON object on its standard input", async () => {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "it's here");
    const { notices } = await tell(
      `cat > '${file.replace("'", "'\\''")}.part' && mv '${file.replace("'", "'\\''")}.part' '${
        file.replace("'", "'\\''")
      }'`,
    );
    await eventually(
      "the command",
      () => [...Deno.readDirSync(folder)].some(({ name }) => name === "it's here"),
      SOON_MS,
    );
    const text = Deno.readTextFileSync(file);
    assert.match(text, /^\{.*\}\n$/);
    const { run, event, exit_status } = JSON.parse(text);
    assert.deepEqual([run, event, exit_status, notices], ["R", "end", 0, []]);
  });
});

Deno.test("a command gets no variable that an engine has set in the trainer", async () => {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "env");
    const variable = "HEADLIGHT_TEST_ENGINE";
    await tell(`env > '${file}.part' && mv '${file}.part' '${file}'`, SOON_MS, () => Deno.env.set(variable, "1"));
    Deno.env.delete(variable);
    await eventually("the command", () => [...Deno.readDirSync(folder)].some(({ name }) => name === "env"), SOON_MS);
    const text = Deno.readTextFileSync(file);
    assert.match(text, /^PATH=/m);
    assert.doesNotMatch(text, new RegExp(`^${variable}=`, "m"));
  });
});

Deno.test("a command that fails, cannot be found, or was killed gives one notice without the command", async () => {
  assert.equal(await noticeOf(await tell("exit 3 # secret")), "--notify failed: the command ended with exit status 3.");
  assert.equal(
    await noticeOf(await tell("no-such-secret")),
    "--notify failed: the command ended with exit status 127.",
  );
  assert.equal(await noticeOf(await tell("kill -9 $$ # secret")), "--notify failed: the command ended with SIGKILL.");
});

Deno.test("a command that hangs holds the run's end up for a second at most, and is ended with what it has started", async () => {
  await withTemporaryFolder(async (folder) => {
    const pids = join(folder, "pids");
    const told = await tell(`sleep 1000 & echo $$ $! > ${pids}; wait`, 3000);
    assert.ok(told.tookMs < 2500, `${told.tookMs} ms`);
    assert.equal(await noticeOf(told), "--notify failed: the command did not end within 3 s.");
    const started = Deno.readTextFileSync(pids).trim().split(" ").map(Number);
    assert.equal(started.length, 2);
    await eventually("the end of both", () => !started.some(isAlive), SOON_MS);
  });
});

Deno.test("a command that writes without end and reads nothing is ended at its limit", async () => {
  const told = await tell("while :; do echo noise; echo noise >&2; done", 2000);
  assert.equal(await noticeOf(told), "--notify failed: the command did not end within 2 s.");
});

Deno.test("a URL gets the JSON by POST", async () => {
  const { got, server, host } = serve();
  const { notices } = await tell(`http://${host}/hook?token=secret`);
  await eventually("the request", () => got.length > 0, SOON_MS);
  const [{ type, path, body } = {}] = got;
  assert.deepEqual([type, path], ["application/json", "/hook?token=secret"]);
  assert.equal((body as { run: string }).run, "R");
  await server.shutdown();
  assert.deepEqual(notices, []);
});

Deno.test("a server that refuses, is not there, or does not answer gives one notice with its host alone", async () => {
  const refusing = serve(() => new Response("secret", { status: 404 }));
  const refused = await noticeOf(await tell(`http://${refusing.host}/secret`));
  assert.equal(refused, `--notify failed: ${refusing.host} answered with status 404.`);
  await refusing.server.shutdown();
  const gone = await noticeOf(await tell(`http://${refusing.host}/secret`));
  assert.ok(gone.startsWith(`--notify failed: ${refusing.host} cannot be reached`), gone);
  assert.doesNotMatch(gone, /secret/);
  const { promise, resolve } = Promise.withResolvers<Response>();
  const silent = serve(() => promise);
  const told = await tell(`http://${silent.host}/secret`, 2000);
  assert.equal(await noticeOf(told), `--notify failed: ${silent.host} did not answer within 2 s.`);
  resolve(new Response("late"));
  await silent.server.shutdown();
});

Deno.test("an answer without an end is not waited for", async () => {
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1000)) });
  const { got, server, host } = serve(() => new Response(endless));
  const { notices } = await tell(`http://${host}/`, 5000);
  await eventually("the request", () => got.length > 0, SOON_MS);
  await server.shutdown();
  assert.deepEqual(notices, []);
});
