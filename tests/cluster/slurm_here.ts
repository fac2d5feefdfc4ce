/** A Slurm of two nodes on this machine, for tests. See shared/slurm/slurm_here.sh. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SHARED } from "../support.ts";

const SCRIPT = join(SHARED, "slurm", "slurm_here.sh");
const PROGRAMS = ["slurmctld", "slurmd", "munged", "sbatch"];
/** Slurm's daemons are in folders that a user's PATH may lack. */
const PATH = `${Deno.env.get("PATH")}:/usr/sbin:/sbin`;

/** Each Slurm has ports of its own, so that two test files can have one at the same time. */
let port = 21_000 + Math.floor(Math.random() * 1000) * 4;

/** How Slurm finds the processes of a job. */
export type Proctrack = "linuxproc" | "pgid" | "cgroup";

/** Whether Slurm's programs are installed, and this user may start them. */
const IS_INSTALLED = existsSync(SCRIPT) && Deno.uid() === 0 &&
  PROGRAMS.every((program) => PATH.split(":").some((folder) => existsSync(join(folder, program))));

/** A Slurm that runs. */
export class SlurmHere {
  constructor(private readonly folder: string, readonly env: Record<string, string>) {}

  /** Runs a command of Slurm, and returns what it prints. */
  async run(command: string, ...args: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command(command, {
      args: [...args],
      env: this.env,
      stdin: "null",
    }).output();
    const [out, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
    if (!success) throw new Error(`${command} ${args.join(" ")}: ${errors}`);
    return out ?? "";
  }

  /** Returns the state of a job, such as RUNNING, or null if Slurm has forgotten it. */
  async state(job: string): Promise<string | null> {
    const text = await this.run("scontrol", "show", "job", job).catch(() => "");
    return /JobState=(\w+)/.exec(text)?.[1] ?? null;
  }

  /**
   * Adds a partition `urgent`, whose jobs take the nodes of others.
   * @param graceSeconds how long a job that is preempted may go on
   */
  async addUrgent(graceSeconds: number): Promise<void> {
    const path = join(this.folder, "slurm.conf");
    const text = Deno.readTextFileSync(path).replace(
      /^PartitionName=all .*$/m,
      `$& PriorityTier=1 GraceTime=${graceSeconds}`,
    );
    const more = [
      "PreemptType=preempt/partition_prio",
      "PreemptMode=REQUEUE",
      "PartitionName=urgent Nodes=ALL PriorityTier=10 PreemptMode=OFF State=UP",
    ];
    Deno.writeTextFileSync(path, `${text}${more.join("\n")}\n`);
    await this.run("scontrol", "reconfigure");
  }

  /** Waits until no job is left in the queue. */
  async idle(withinMs: number): Promise<void> {
    for (const deadlineMs = performance.now() + withinMs; await this.run("squeue", "-h") !== "";) {
      if (performance.now() > deadlineMs) throw new Error(`still in the queue: ${await this.run("squeue", "-h")}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Starts a Slurm in a folder, and ends it after `body`, with all its jobs. */
export async function withSlurm(
  { folder, proctrack = "linuxproc" }: { readonly folder: string; readonly proctrack?: Proctrack },
  body: (slurm: SlurmHere) => Promise<void>,
): Promise<void> {
  const place = join(folder, "slurm");
  const env = { PATH, SLURM_CONF: join(place, "slurm.conf"), PROCTRACK: proctrack, CPUS: "2" };
  const call = async (what: string) => {
    const { success, stderr } = await new Deno.Command("bash", {
      args: [SCRIPT, what, place],
      env: { ...env, SLURM_HERE_PORT: String(port) },
      stdin: "null",
      stdout: "null",
    }).output();
    if (!success) throw new Error(`slurm_here.sh ${what}: ${new TextDecoder().decode(stderr)}`);
  };
  port += 4;
  try {
    await call("up");
    await body(new SlurmHere(place, env));
  } finally {
    await call("down");
  }
}

/** Whether Slurm starts here, and with its own control groups. Some containers let it start neither way. */
export const HAS_SLURM = IS_INSTALLED && await starts("linuxproc");
export const HAS_CGROUPS = HAS_SLURM && existsSync("/sys/fs/cgroup/freezer") && await starts("cgroup");

async function starts(proctrack: Proctrack): Promise<boolean> {
  const folder = Deno.makeTempDirSync({ prefix: "headlight-slurm-" });
  try {
    await withSlurm({ folder, proctrack }, async (slurm) => void await slurm.run("srun", "true"));
    return true;
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    return false;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
