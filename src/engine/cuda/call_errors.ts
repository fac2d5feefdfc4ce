/** The error codes of cuInit that have a known cause (cuda.h, enum CUresult). Pure. */
import type { FailedCall } from "./facts.ts";
import type { Place } from "./place.ts";

/** What is wrong, as a clause without its subject, and what to do about it. */
interface CallError {
  readonly problem: string;
  readonly remedy: string | Readonly<Record<Place, string>>;
}

const RESTART: Readonly<Record<Place, string>> = {
  linux: "Restart the machine, which loads the kernel module of the installed version",
  wsl2: "Run wsl --shutdown in Windows and start WSL2 again",
  container:
    "Start the container again, so that it gets the host's present driver. If that does not help, restart the host",
};

const CALL_ERRORS: Readonly<Record<number, CallError>> = {
  3: { problem: "could not be initialized", remedy: RESTART },
  34: {
    problem: "is the CUDA toolkit's stub, which only serves to link programs",
    remedy: "Remove the toolkit's folder stubs from LD_LIBRARY_PATH",
  },
  46: {
    problem: "reports that the GPU is busy or not available",
    remedy: "Run nvidia-smi to see which process uses it, and whether its compute mode is exclusive",
  },
  304: {
    problem: "reports that a call to the operating system failed",
    remedy: {
      linux: "Run nvidia-smi to see whether the driver works. If it was updated, restart the machine",
      wsl2: "Run wsl --update and wsl --shutdown in Windows, and start WSL2 again",
      container: "Start the container with --gpus all, which gives it the GPU's device files",
    },
  },
  800: {
    problem: "does not permit this user to use the GPU",
    remedy: "Ask the machine's administrator for access to the GPU",
  },
  802: {
    problem: "reports that the machine's GPUs are not ready",
    remedy: "On a machine with NVSwitch, run sudo systemctl start nvidia-fabricmanager",
  },
  803: { problem: "has another version than the driver's kernel module", remedy: RESTART },
  804: {
    problem: "is of the package cuda-compat, which this GPU does not support",
    remedy: "Remove cuda-compat's folder from LD_LIBRARY_PATH, or install a newer driver",
  },
  999: {
    problem: "reports an unknown error",
    remedy: {
      linux: "Run sudo modprobe nvidia_uvm. If that does not help, as after a suspend, restart the machine",
      wsl2: "Run wsl --shutdown in Windows and start WSL2 again",
      container: "Start the container again with --gpus all. If that does not help, restart the host",
    },
  },
};

/** Returns what a failed call of libcuda means, and what to do about it. */
export function explainCall({ call, code, name }: FailedCall, place: Place): { problem: string; remedy: string } {
  const known = CALL_ERRORS[code];
  const told = `${call} returned ${code}${name === null ? "" : `, ${name}`}`;
  if (known === undefined) {
    return {
      problem: `NVIDIA's driver failed (${told})`,
      remedy: "Run nvidia-smi to see whether the driver works. If it was updated, restart the machine",
    };
  }
  const { problem, remedy } = known;
  return {
    problem: `the driver's libcuda.so.1 ${problem} (${told})`,
    remedy: typeof remedy === "string" ? remedy : remedy[place],
  };
}
