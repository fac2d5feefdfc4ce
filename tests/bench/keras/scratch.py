"""Keras `fit` of the lesson's networks from scratch, with validation: each epoch's seconds."""

import common

import keras
from keras import layers

ask = common.request()
x, xv = common.images(ask["folder"], "train"), common.images(ask["folder"], "test")
y, yv = common.labels(ask["folder"], "train"), common.labels(ask["folder"], "test")
plain = ask["network"] == "lesson-cnn-plain"
model = keras.Sequential([keras.Input(x.shape[1:])])
for _ in range(2 if plain else 3):
    model.add(layers.Conv2D(50, 3, activation="relu"))
    model.add(layers.MaxPooling2D())
    if not plain:
        model.add(layers.Dropout(0.8))
model.add(layers.Flatten())
model.add(layers.Dense(50, activation="relu"))
model.add(layers.Dense(10))
common.compile_model(model)
clock = common.epoch_clock()
model.fit(
    x, y, batch_size=32, epochs=ask["epochs"], validation_data=(xv, yv), callbacks=[clock], verbose=0
)
common.print_result({"epochSeconds": clock.seconds})
