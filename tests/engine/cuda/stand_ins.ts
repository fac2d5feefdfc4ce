/** Compiles the stand-ins for NVIDIA's libraries. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TENSORFLOW_CUDA } from "../../../src/engine/cuda/build.ts";

const SOURCES = new URL("../../fixtures/cuda/", import.meta.url).pathname;

/** Whether the stand-ins can be compiled and loaded here. */
export const CAN_STAND_IN = Deno.build.os === "linux" && canRun("gcc");
/** What a test needs that uses them. */
export const STAND_INS_NEED = "Linux and gcc";

function canRun(program: string): boolean {
  try {
    return new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** The paths of compiled stand-ins. */
export interface StandIns {
  /** The folder of libcuda.so.1 and libnvidia-ml.so.1. */
  readonly driver: string;
  readonly libcuda: string;
  readonly libnvml: string;
  /** A libnvidia-ml that lacks the functions for figures. */
  readonly oldLibnvml: string;
  /** Empty libraries with the names of those that TensorFlow needs. */
  readonly libraries: readonly string[];
  /** A folder with the driver's device file. */
  readonly devices: string;
  /** A file that is not a library. */
  readonly broken: string;
  /** A library without any of the driver's functions. */
  readonly other: string;
}

/** Compiles the stand-ins into a folder. */
export function compileStandIns(folder: string): StandIns {
  const [driver, cuda, devices] = ["driver", "cuda", "dev"].map((name) => join(folder, name));
  if (driver === undefined || cuda === undefined || devices === undefined) throw new Error("no folders");
  for (const path of [driver, cuda, devices]) mkdirSync(path);
  writeFileSync(join(devices, "nvidiactl"), "");
  writeFileSync(join(folder, "empty.c"), "int nothing;\n");
  writeFileSync(join(folder, "broken.so"), "no library");
  const made = (path: string, source: string, ...flags: readonly string[]): string => {
    const args = ["-shared", "-fPIC", ...flags, "-o", path, source];
    const { success, stderr } = new Deno.Command("gcc", { args }).outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return path;
  };
  const other = made(join(folder, "other.so"), join(folder, "empty.c"));
  return {
    driver,
    devices,
    other,
    broken: join(folder, "broken.so"),
    libcuda: made(join(driver, "libcuda.so.1"), join(SOURCES, "fake_libcuda.c")),
    libnvml: made(join(driver, "libnvidia-ml.so.1"), join(SOURCES, "fake_libnvidia_ml.c")),
    oldLibnvml: made(join(folder, "old.so"), join(SOURCES, "fake_libnvidia_ml.c"), "-DWITHOUT_FIGURES"),
    libraries: TENSORFLOW_CUDA.libraries.map((name) => {
      Deno.copyFileSync(other, join(cuda, name));
      return join(cuda, name);
    }),
  };
}
