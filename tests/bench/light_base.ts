/** Writes a Keras model that costs almost nothing to compute, with features as wide as DenseNet121's. */
import { writeHdf5 } from "../../src/model/hdf5.ts";

/** The size of the images that the model takes. */
export const LIGHT_SIZE = 32;
export const LIGHT_WIDTH = 1024;
/** Every sixteenth pixel becomes a row of features: four of each image. */
const STRIDE = 16;
const CLASSES = 10;

/** Writes the model as a whole .h5 file: a convolution of single pixels, a pooling, and the layer that is taken off. */
export async function writeLightBase(path: string): Promise<void> {
  const dtype = { module: "keras", class_name: "DTypePolicy", config: { name: "float32" }, registered_name: null };
  const common = { trainable: true, dtype, use_bias: true, activation: "linear" };
  const layers = [
    {
      class_name: "InputLayer",
      config: { batch_shape: [null, LIGHT_SIZE, LIGHT_SIZE, 3], dtype: "float32", sparse: false, name: "input" },
    },
    {
      class_name: "Conv2D",
      config: {
        ...common,
        ...{ name: "pixels", filters: LIGHT_WIDTH, kernel_size: [1, 1], strides: [STRIDE, STRIDE], padding: "valid" },
        ...{ data_format: "channels_last", dilation_rate: [1, 1], groups: 1 },
      },
    },
    { class_name: "GlobalAveragePooling2D", config: { name: "pool", dtype, keepdims: false } },
    { class_name: "Dense", config: { ...common, name: "logits", units: CLASSES } },
  ];
  const build_input_shape = [null, LIGHT_SIZE, LIGHT_SIZE, 3];
  const config = { name: "light", trainable: true, dtype, layers, build_input_shape };
  await writeHdf5(path, ({ file }) => {
    file.create_attribute("backend", "tensorflow");
    file.create_attribute("keras_version", "3.15.1");
    file.create_attribute("model_config", JSON.stringify({ class_name: "Sequential", config }));
    const all = file.create_group("model_weights");
    all.create_attribute("layer_names", ["pixels", "logits"]);
    for (const [layer, shape] of [["pixels", [1, 1, 3, LIGHT_WIDTH]], ["logits", [LIGHT_WIDTH, CLASSES]]] as const) {
      const group = all.create_group(layer);
      group.create_attribute("weight_names", [`${layer}/kernel`, `${layer}/bias`]);
      const inner = group.create_group(layer);
      const put = (name: string, extents: readonly number[]) => {
        const count = extents.reduce((product, extent) => product * extent, 1);
        const data = Float32Array.from({ length: count }, (_, index) => Math.sin(index * 12.9898) / 2);
        inner.create_dataset({ name, data, shape: [...extents] });
      };
      put("kernel", shape);
      put("bias", shape.slice(-1));
    }
  });
}
