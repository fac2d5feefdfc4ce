"""Measures the seconds of each epoch of Keras `fit`, training the head on cached features with validation."""

import common

import keras
import numpy as np

ask = common.request()
x, y, xv, yv = (np.load(f"{ask['folder']}/{name}.npy") for name in ("x", "y", "xv", "yv"))
inputs = keras.Input(x.shape[1:])
model = keras.Model(inputs, common.head(inputs))
common.compile_model(model)
clock = common.epoch_clock()
model.fit(
    x, y, batch_size=32, epochs=ask["epochs"], validation_data=(xv, yv), callbacks=[clock], verbose=0
)
common.print_result({"epochSeconds": clock.seconds})
