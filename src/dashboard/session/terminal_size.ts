/**
 * Keeps up with the size of the terminal. The system sends SIGWINCH only to the jobs in the foreground, so a process
 * that was stopped while its terminal was resized must ask for the size itself.
 */
import process from "node:process";

/** Makes standard output ask for the size of its terminal. It emits `resize` a little later if the size has changed. */
export function askForSize(): void {
  Deno.kill(Deno.pid, "SIGWINCH");
}

/**
 * Asks for the size and calls `redraw` each time this process is continued after a stop. Returns a function that stops
 * listening.
 */
export function listenForContinue(redraw: () => void): () => void {
  const continued = () => {
    askForSize();
    redraw();
  };
  process.on("SIGCONT", continued);
  return () => process.off("SIGCONT", continued);
}
