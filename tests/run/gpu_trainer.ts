/** A real trainer that reads a stand-in for NVIDIA's GPUs, in a process of its own. */
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { programArgs } from "../../src/program.ts";
import { descendants } from "../../src/run/system/process_tree.ts";
import { emptyFeatureCache, eventually } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { compileStandIns } from "../engine/cuda/stand_ins.ts";

export interface GpuTrainer {
  readonly process: Deno.ChildProcess;
  /** The id of the process that reads the GPUs. */
  readonly reporter: number;
  /** The folder of the run's folder. */
  readonly runs: string;
}

/** Starts an endless run and passes it to `body` as soon as it has the process that reads the GPUs. */
export function withGpuTrainer(
  env: Readonly<Record<string, string>>,
  body: (trainer: GpuTrainer) => Promise<void>,
): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    const runs = join(folder, "runs");
    const options = { data: "demo", base: "squeezenet11", weights: "random", size: 64, epochs: 1e6, patience: 1e6 };
    const args = [runs, JSON.stringify(options), "{}", compileStandIns(folder).libnvml];
    const process = new Deno.Command(Deno.execPath(), {
      args: programArgs(join(PROJECT_ROOT, "tests", "run", "trainer_child.ts"), ...args),
      env: { ...emptyFeatureCache(folder), ...env },
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      let reporter = 0;
      const find = () => descendants(process.pid).find(isReporter) ?? 0;
      await eventually("the process that reads the GPUs", () => (reporter = find()) > 0, 20_000);
      await body({ process, reporter, runs });
    } finally {
      try {
        process.kill("SIGKILL");
      } catch {
        // The test has ended it.
      }
      await process.status;
    }
  });
}

/** Returns whether the process already executes the program. */
function isReporter(pid: number): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("report_gpus.ts");
  } catch {
    return false;
  }
}
