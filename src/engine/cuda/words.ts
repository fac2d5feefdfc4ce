/** Describes the GPUs that were found, or why none can be used and what to do about it. Pure. */
import { basename, dirname } from "node:path";
import prettyBytes from "pretty-bytes";
import { stripControl } from "../../text.ts";
import type { FolderNaming } from "../tensorflow/named_folder.ts";
import { capabilityText, type CudaBuild, cudaVersionText, TENSORFLOW_CUDA } from "./build.ts";
import { explainCall } from "./call_errors.ts";
import type { MissingLibrary, Obstacle, Usable } from "./detection.ts";
import type { GpuFacts } from "./facts.ts";
import type { Place } from "./place.ts";

/** Two clauses without a period at their end. */
export interface Explanation {
  readonly problem: string;
  readonly remedy: string;
}

const START_WITH_GPUS =
  "Start the container with access to the GPU (docker run --gpus all; Podman: --device nvidia.com/gpu=all; " +
  "Apptainer: --nv)";
const OTHER_WAYS = "Use --engine webgpu, --engine tensorflow, or another GPU";
const CHECK_DRIVER: Readonly<Record<Place, string>> = {
  linux: "Run nvidia-smi to see whether the driver works. If it was updated, restart the machine",
  wsl2: "Run wsl --shutdown in Windows and start WSL2 again. If that does not help, update NVIDIA's driver in Windows",
  container: "Run nvidia-smi on the host to see whether the driver works. If it was updated, start the container again",
};

/** Returns the error line for an obstacle: what is wrong and what to do. */
export function obstacleLine(obstacle: Obstacle, place: Place, build: CudaBuild = TENSORFLOW_CUDA): string {
  const { problem, remedy } = explainObstacle(obstacle, place, build);
  return `${problem}. ${remedy}.`;
}

/** Returns the line for a folder that the person named and that has no TensorFlow that CUDA can use. */
export function unfitFolderLine({ written, undo }: FolderNaming): string {
  return `${written} is not TensorFlow ${TENSORFLOW_CUDA.version} for CUDA with NVIDIA's libraries. ` +
    `${undo} to use a downloaded one, or use --engine tensorflow.`;
}

/** Returns what is wrong and what to do about it in a place. */
export function explainObstacle(
  obstacle: Obstacle,
  place: Place,
  build: CudaBuild = TENSORFLOW_CUDA,
): Explanation {
  const tensorflow = `TensorFlow ${build.version}`;
  switch (obstacle.kind) {
    case "other system":
      return { problem: "NVIDIA GPUs can only be used on Linux and in WSL2", remedy: "Compute on the processor" };
    case "no driver":
      return {
        problem: "there is no NVIDIA driver here: libcuda.so.1 was not found",
        remedy: {
          linux: `If the machine has an NVIDIA GPU, install NVIDIA's driver, version ${build.driver.driver} or newer`,
          wsl2: "If the machine has an NVIDIA GPU, install NVIDIA's driver in Windows, and none inside WSL2",
          container: START_WITH_GPUS,
        }[place],
      };
    case "driver does not load":
      return {
        problem: `the NVIDIA driver's libcuda.so.1 cannot be loaded: ${stripControl(obstacle.why)}`,
        remedy: {
          linux: "Install NVIDIA's driver again",
          wsl2: "Update NVIDIA's driver in Windows, and remove any driver that was installed inside WSL2",
          container: START_WITH_GPUS,
        }[place],
      };
    case "not a driver": {
      const { path, why, onSearchPath } = obstacle;
      const [file, folder] = [stripControl(path), stripControl(dirname(path))];
      return {
        problem: `${file} is not a library of NVIDIA's driver, or only a part of one: ${stripControl(why)}`,
        remedy: onSearchPath
          ? `LD_LIBRARY_PATH names ${folder}. Remove it there, so that the driver's own ${basename(file)} is found`
          : {
            linux: "Install NVIDIA's driver again",
            wsl2: "Update NVIDIA's driver in Windows, and remove any driver that was installed inside WSL2",
            container: `Remove this file from the container's image. ${START_WITH_GPUS}`,
          }[place],
      };
    }
    case "driver too old": {
      const { driver, cuda, needs, gpu } = obstacle;
      const version = driver === null ? "" : ` ${stripControl(driver)}`;
      const onGpu = gpu === null ? "" : ` on ${stripControl(gpu)}`;
      return {
        problem:
          `the NVIDIA driver${version} is too old: it supports CUDA ${cudaVersionText(cuda)}, and ${tensorflow} ` +
          `needs a driver for ${cudaVersionText(needs.cuda)} or newer${onGpu}`,
        remedy: {
          linux: `Install version ${needs.driver} or newer of the driver`,
          wsl2: "Install the newest NVIDIA driver in Windows",
          container: `Install version ${needs.driver} or newer of the driver on the host`,
        }[place],
      };
    }
    case "no device file":
      return {
        problem: `${obstacle.path} does not exist, so the NVIDIA driver reaches no GPU`,
        remedy: {
          linux: "Run sudo modprobe nvidia, which loads the driver's kernel module, or restart the machine",
          wsl2: "Run wsl --update in Windows, and check with wsl -l -v that this is version 2 of WSL",
          container: START_WITH_GPUS,
        }[place],
      };
    case "no permission":
      return {
        problem: `${obstacle.path} cannot be opened, so the NVIDIA driver reaches no GPU`,
        remedy: {
          linux: "Ask for access to the GPU: in a batch job, request one (Slurm: --gres=gpu:1), otherwise join the " +
            `group that ls -l ${obstacle.path} shows, and log in again`,
          wsl2: `Make ${obstacle.path} readable and writable for your user`,
          container: START_WITH_GPUS,
        }[place],
      };
    case "hidden": {
      const { value, gpus } = obstacle;
      const which = gpus === null ? "every GPU" : gpus === 1 ? "the only GPU" : `all ${gpus} GPUs`;
      return {
        problem: `CUDA_VISIBLE_DEVICES=${value === "" ? '""' : stripControl(value)} hides ${which}`,
        remedy: "Unset it, or set it to the number of a GPU (0 is the first). In a batch job, request a GPU",
      };
    }
    case "no gpu":
      return {
        problem: "the NVIDIA driver finds no GPU",
        remedy: {
          linux: "Run nvidia-smi, and look for the GPU in the output of lspci",
          wsl2: "Run nvidia-smi in Windows to see whether the driver finds it there",
          container: START_WITH_GPUS,
        }[place],
      };
    case "call failed":
      return explainCall(obstacle.failed, place);
    case "no nvml":
      return {
        problem: `the NVIDIA driver's libnvidia-ml.so.1, which ${tensorflow} needs, cannot be loaded: ` +
          stripControl(obstacle.why),
        remedy: {
          linux: "Install it (Debian: apt install libnvidia-ml1), or install NVIDIA's driver again",
          wsl2: "Update NVIDIA's driver in Windows",
          container: "Start the container with -e NVIDIA_DRIVER_CAPABILITIES=compute,utility",
        }[place],
      };
    case "libraries missing":
      return {
        problem: missingText(obstacle.libraries),
        remedy:
          `Install them with python3 -m pip install 'tensorflow[and-cuda]==${build.version}', or add their folder ` +
          "to LD_LIBRARY_PATH",
      };
    case "capability too low":
      return {
        problem: `${capable(obstacle.gpu)}, and ${tensorflow} needs ${capabilityText(build.lowest)} or higher`,
        remedy: OTHER_WAYS,
      };
    case "capability too new":
      return {
        problem: `${capable(obstacle.gpu)}, which is too new for ${tensorflow} (tensorflow/tensorflow#89272)`,
        remedy: OTHER_WAYS,
      };
    case "crashed": {
      const step = obstacle.step === null ? "" : ` in the step ${stripControl(obstacle.step)}`;
      return { problem: `the NVIDIA driver crashed with ${obstacle.signal}${step}`, remedy: CHECK_DRIVER[place] };
    }
    case "hung":
      return {
        problem: `the NVIDIA driver did not answer within ${Math.round(obstacle.limitMs / 100) / 10} s`,
        remedy: CHECK_DRIVER[place],
      };
    case "failed":
      return {
        problem: `the NVIDIA driver could not be tested: ${stripControl(obstacle.why)}`,
        remedy: CHECK_DRIVER[place],
      };
  }
}

function capable(gpu: GpuFacts): string {
  return `${stripControl(gpu.name)} has compute capability ${capabilityText(gpu.capability)}`;
}

/** Names all libraries, and gives the loader's reason for those that are there but cannot be opened. */
function missingText(libraries: readonly MissingLibrary[]): string {
  const [absent, broken] = [libraries.filter(({ why }) => why === null), libraries.filter(({ why }) => why !== null)];
  return [
    ...(absent.length === 0 ? [] : [`CUDA libraries were not found: ${absent.map(({ name }) => name).join(", ")}`]),
    ...broken.map(({ name, why }) => `${name} cannot be loaded: ${stripControl(why ?? "")}`),
  ].join("; ");
}

/** Returns the GPUs with their memory, and the driver: `NVIDIA H100 (85.5 GB), driver 580.159.04`. */
export function usableText({ gpus, driver }: Pick<Usable, "gpus" | "driver">): string {
  const names = [
    ...Map.groupBy(gpus, ({ name, memoryBytes }) => `${stripControl(name)} (${prettyBytes(memoryBytes)})`),
  ];
  const list = names.map(([name, same]) => same.length === 1 ? name : `${same.length} × ${name}`).join(", ");
  return driver === null ? list : `${list}, driver ${stripControl(driver)}`;
}

/**
 * What `--tf32` costs, as measured with the random weights of six bases at 160 on an NVIDIA H200: 0.1 % for VGG16 and
 * SqueezeNet, 0.4 % for DenseNet121, 3.5 % for ResNet50, 3.9 % for EfficientNetB0, 18 % for MobileNetV2.
 */
export const TF32_NOTICE =
  "With --tf32 the GPU rounds the factors of products to 10 bits. Features differed from those in float32 by 0.1 to 18 % " +
  "of the largest one, depending on the base. Compare the accuracy with a run without --tf32.";

/** Returns sentences about GPUs that can be used with a limitation, and about those that cannot be used. */
export function remarks({ gpus, others }: Usable, place: Place, build: CudaBuild = TENSORFLOW_CUDA): string[] {
  const compiled = [...new Set(gpus.flatMap(({ kernels, name }) => kernels === "ptx" ? [stripControl(name)] : []))];
  const unfit = [...new Set(others.map((obstacle) => explainObstacle(obstacle, place, build).problem))];
  return [
    ...compiled.map((name) =>
      `The first start on ${name} takes longer, because the driver compiles kernels that TensorFlow ${build.version} ` +
      "has only as PTX."
    ),
    ...unfit.map((problem) => `One more GPU cannot be used: ${problem}.`),
  ];
}
