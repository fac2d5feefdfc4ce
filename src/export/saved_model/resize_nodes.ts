/** Nodes that compute tf.image.resize_with_pad for images of any size, exactly as `resizeWithPad` does. */
import type { Resize } from "../../config.ts";
import { typeAttribute } from "../../engine/tensorflow/capture/graph.ts";
import type { NodeList } from "./node_list.ts";

/**
 * Adds nodes that resize images to size × size, padded with black.
 *
 * @param images a batch of images of equal size, float32 n×h×w×3
 * @param resize `antialias` computes what tf.image.resize does with antialias=True. In training, libvips resized the
 * image files. Its pixels differ by 0.3 of 255 on average and by up to 7 at sharp edges.
 * @returns the output with the resized images, float32 n×size×size×3
 */
export function addResizeWithPad(list: NodeList, images: string, size: number, resize: Resize): string {
  const [, height, width] = list.extents("extents", images);
  const target = list.float("target", [size]);
  const floatHeight = list.cast("height/float", height, "int32", "float32");
  const floatWidth = list.cast("width/float", width, "int32", "float32");
  const longer = list.typed("longer", "Maximum", [floatHeight, floatWidth], "float32");
  // `padGeometry` takes the larger of two rounded ratios. Rounding keeps their order, so one division is enough.
  const ratio = divide(list, "ratio", longer, target);
  const contents = [
    content(list, "height", floatHeight, ratio, size),
    content(list, "width", floatWidth, ratio, size),
  ];
  const to = list.pack("content", contents.map(({ extent }) => extent));
  const resized = resize === "antialias"
    ? scaleAndTranslate(list, images, to, [height, width])
    : list.add("bilinear", "ResizeBilinear", [images, to], {
      T: typeAttribute("float32"),
      align_corners: { kind: "bool", value: false },
      half_pixel_centers: { kind: "bool", value: true },
    });
  const none = list.int("padding/none", [0]);
  const borders = [none, none, ...contents.flatMap(({ before, after }) => [before, after]), none, none];
  const paddings = list.add(
    "paddings",
    "Reshape",
    [list.pack("padding", borders), list.int("paddings/shape", [4, 2], [2])],
    { T: typeAttribute("int32"), Tshape: typeAttribute("int32") },
  );
  const padded = list.add("padded", "Pad", [resized, paddings], {
    T: typeAttribute("float32"),
    Tpaddings: typeAttribute("int32"),
  });
  return list.add("resized", "EnsureShape", [padded], {
    T: typeAttribute("float32"),
    shape: { kind: "shape", value: [-1, size, size, 3] },
  });
}

/** The position of the resized image in the square along one axis: names of int32 scalars, in pixels. */
interface Content {
  readonly extent: string;
  readonly before: string;
  readonly after: string;
}

/** Adds nodes that compute what `padGeometry` does for one axis. */
function content(list: NodeList, side: string, original: string, ratio: string, size: number): Content {
  const exact = divide(list, `${side}/exact`, original, ratio);
  const extent = floor(list, `${side}/content`, exact);
  const left = list.typed(`${side}/left`, "Sub", [list.float(`${side}/size`, [size]), exact], "float32");
  const half = list.typed(`${side}/half`, "Mul", [left, list.float(`${side}/one_half`, [0.5])], "float32");
  const floored = floor(list, `${side}/floored`, half);
  const before = list.typed(`${side}/before`, "Maximum", [floored, list.int(`${side}/zero`, [0])], "int32");
  const used = list.typed(`${side}/used`, "AddV2", [extent, before], "int32");
  const after = list.typed(`${side}/after`, "Sub", [list.int(`${side}/whole`, [size]), used], "int32");
  return { extent, before, after };
}

/**
 * Adds a division that is rounded to float32 once, as `padGeometry` and TensorFlow's Python code require. In float32,
 * TensorFlow's optimizer would replace a division by a constant by a multiplication with its reciprocal, which rounds
 * differently. In float64 the result is so exact that rounding it to float32 gives the same as a float32 division.
 */
function divide(list: NodeList, name: string, dividend: string, divisor: string): string {
  const over = list.cast(`${name}/over`, dividend, "float32", "float64");
  const under = list.cast(`${name}/under`, divisor, "float32", "float64");
  const quotient = list.typed(`${name}/float64`, "RealDiv", [over, under], "float64");
  return list.cast(name, quotient, "float64", "float32");
}

function floor(list: NodeList, name: string, value: string): string {
  return list.cast(name, list.typed(`${name}/float`, "Floor", [value], "float32"), "float32", "int32");
}

/** Adds ScaleAndTranslate with the scale and attributes that tf.image.resize(antialias=True) gives it. */
function scaleAndTranslate(list: NodeList, images: string, to: string, from: readonly string[]): string {
  const after = list.cast("scale/after", to, "int32", "float32");
  const before = list.cast("scale/before", list.pack("original", from), "int32", "float32");
  const scale = divide(list, "scale", after, before);
  return list.add("antialiased", "ScaleAndTranslate", [images, to, scale, list.float("translation", [0, 0], [2])], {
    T: typeAttribute("float32"),
    kernel_type: { kind: "string", value: "triangle" },
    antialias: { kind: "bool", value: true },
  });
}
