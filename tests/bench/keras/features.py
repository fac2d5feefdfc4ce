"""Measures Keras `predict` of the base on images that are already resized: images per second, and the features."""

import time

import common

import keras
import numpy as np
import tensorflow as tf

ask = common.request()
size, batch = ask["size"], ask["batch"]
model = getattr(keras.applications, ask["base"])(
    include_top=False, pooling="max", weights=ask["weights"], input_shape=(size, size, 3)
)
pixels = common.images(ask["folder"], "train", ask["images"]) * ask["largest"]
inputs = tf.image.resize_with_pad(pixels, size, size, method="bilinear").numpy()
model.predict(inputs[:batch], batch_size=batch, verbose=0)
began = time.perf_counter()
features = model.predict(inputs, batch_size=batch, verbose=0)
done = time.perf_counter()
np.save(ask["out"], features.astype("float32"))
common.print_result({"imagesPerSecond": len(inputs) / (done - began)})
