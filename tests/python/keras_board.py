"""Trains a small Keras model with the callback TensorBoard, and prints the scalars of its folders as JSON."""

import json
import os
import sys

import keras
import numpy
from tensorboard.backend.event_processing import event_accumulator

folder = json.loads(sys.argv[1])["folder"]
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(2)])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
images, labels = numpy.ones((20, 4), "float32"), numpy.arange(20) % 2
board = keras.callbacks.TensorBoard(log_dir=folder, update_freq="batch", write_graph=False)
model.fit(images, labels, batch_size=5, epochs=2, validation_data=(images, labels), callbacks=[board], verbose=0)


def steps(part):
    reader = event_accumulator.EventAccumulator(
        os.path.join(folder, part), size_guidance={event_accumulator.TENSORS: 0}
    )
    reader.Reload()
    tags = reader.Tags()["tensors"]
    scalars = [tag for tag in tags if reader.SummaryMetadata(tag).plugin_data.plugin_name == "scalars"]
    return {tag: [event.step for event in reader.Tensors(tag)] for tag in scalars}


print(json.dumps({part: steps(part) for part in ("train", "validation")}))
