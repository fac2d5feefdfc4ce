/** Measures the cost of drawing once: the dashboard of a recorded run, drawn frame after frame without output. */
import process from "node:process";
import { PassThrough, Writable } from "node:stream";
import { z } from "zod";
import { FULL_SCREEN } from "../../components/full_screen.ts";
import { screenStdout } from "../../components/screen_stdout.ts";
import { type DashboardState, initialState, reduce } from "../../src/dashboard/view/state.ts";
import { Strips } from "../../src/dashboard/wire/strips.ts";
import { Store } from "../../src/dashboard/session/store.ts";
import { type EventOf, parseEvent, type RunEvent } from "../../src/events.ts";
import { printResult, readRequest } from "./children.ts";

const requestSchema = z.object({
  /** The events.jsonl of a recorded run. */
  stream: z.string(),
  /** The last of its epochs are repeated up to this number. */
  epochs: z.int(),
  columns: z.int(),
  rows: z.int(),
  frames: z.int(),
});

export const frameResultSchema = z.object({ msPerFrame: z.number(), bytesPerFrame: z.number() });

/** Fifty seconds of a dashboard, so that the measurement shows its steady state after V8 has compiled it. */
const WARM_UP_FRAMES = 200;

if (import.meta.main) {
  const { stream, epochs, columns, rows, frames } = readRequest(requestSchema);
  // As in show_dashboard.ts, this must be set before React is loaded. JSX here would load it earlier.
  process.env["NODE_ENV"] ??= "production";
  const { createElement } = await import("react");
  const { render } = await import("ink");
  const { App } = await import("../../components/App.tsx");
  const { PANES } = await import("../../components/panes.ts");
  const { StripsContext } = await import("../../components/hooks/use_strips.ts");
  let bytes = 0;
  const stdout = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length;
      done();
    },
  });
  Object.assign(stdout, { isTTY: true, columns, rows });
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {}, ref: () => {}, unref: () => {} });
  const events = Deno.readTextFileSync(stream).trim().split("\n").flatMap((line) => parseEvent(JSON.parse(line)) ?? []);
  let state = stateAfter(events, epochs, initialState({ role: "owner", now: Date.now(), columns, rows, panes: PANES }));
  const store = new Store(state, () => 0);
  const strips = new Strips();
  const view = createElement(App, { store, press: () => {} });
  const screen = screenStdout(stdout as unknown as NodeJS.WriteStream, strips);
  const app = render(createElement(StripsContext, { value: strips }, view), {
    stdout: screen.stdout,
    stdin: stdin as unknown as NodeJS.ReadStream,
    ...FULL_SCREEN,
  });
  const progress = events.findLast((event) => event.type === "progress");
  const draw = async (frame: number) => {
    if (progress) state = reduce(state, movedOn(progress, frame, state.run.epochs.length + 1));
    // Frames follow each other faster than the byte budget would allow.
    screen.hurry();
    store.set(state, true);
    await new Promise((resolve) => setTimeout(resolve, 2));
  };
  for (let frame = 0; frame < WARM_UP_FRAMES; frame++) await draw(frame);
  const [before, bytesBefore] = [process.cpuUsage(), bytes];
  for (let frame = 0; frame < frames; frame++) await draw(WARM_UP_FRAMES + frame);
  const { user, system } = process.cpuUsage(before);
  if (bytes === bytesBefore) throw new Error("nothing was drawn");
  printResult({ msPerFrame: (user + system) / 1000 / frames, bytesPerFrame: (bytes - bytesBefore) / frames });
  app.unmount();
  Deno.exit(0);
}

function stateAfter(events: readonly RunEvent[], epochs: number, initial: DashboardState): DashboardState {
  // Without its end event, so that the dashboard shows a run in progress.
  let state = events.filter(({ type }) => type !== "end").reduce<DashboardState>(reduce, initial);
  const known = events.filter((event) => event.type === "epoch");
  for (let epoch = known.length; epoch < epochs; epoch++) {
    const again = known[epoch % known.length];
    if (again) state = reduce(state, { ...again, epoch: epoch + 1 });
  }
  return state;
}

/**
 * Returns progress half a second later and some units further. In training it belongs to the current epoch, because the
 * dashboard does not show an older one's.
 */
function movedOn(progress: EventOf<"progress">, frame: number, epoch: number): EventOf<"progress"> {
  const time = new Date(Date.parse(progress.time) + frame * 500).toISOString();
  const place = progress.phase === "train" ? { epoch } : {};
  return { ...progress, ...place, time, done: (frame * 7) % Math.max(1, progress.total), per_second: 40 + (frame % 5) };
}
