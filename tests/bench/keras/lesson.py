"""The lesson's own program: the frozen base is part of the model, and every image passes through it in every epoch."""

import common

import keras
import tensorflow as tf

ask = common.request()
size = ask["size"]
x, xv = common.images(ask["folder"], "train"), common.images(ask["folder"], "test")
y, yv = common.labels(ask["folder"], "train"), common.labels(ask["folder"], "test")
inputs = keras.Input(x.shape[1:])
upscale = keras.layers.Lambda(lambda z: tf.image.resize_with_pad(z, size, size, method="bilinear"))(inputs)
base = keras.applications.DenseNet121(
    include_top=False, pooling="max", weights=ask["weights"], input_tensor=upscale, input_shape=(size, size, 3)
)
base.trainable = False
model = keras.Model(inputs, common.head(base.output))
common.compile_model(model)
clock = common.epoch_clock()
# With verbose=1 and more than one epoch, the first thing a person sees is the line Epoch 1/….
model.fit(
    x,
    y,
    batch_size=32,
    epochs=ask["epochs"],
    validation_data=(xv, yv),
    callbacks=[clock, keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=1000)],
    verbose=ask["verbose"],
)
common.print_result({"epochSeconds": clock.seconds})
