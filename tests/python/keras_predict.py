"""Loads models with Keras, predicts, and trains for an epoch. Prints one JSON list, an entry for each model."""
import json
import sys

import keras
import numpy as np

answers = []
for request in json.loads(sys.argv[1]):
    model = keras.models.load_model(request["path"])
    pixels = np.fromfile(request["pixels"], dtype="float32").reshape((-1, *model.input_shape[1:]))
    answer = {
        "output": model.predict(pixels, verbose=0).reshape((len(pixels), -1)).tolist(),
        "parameters": model.count_params(),
        "trainable": sum(int(np.prod(weight.shape)) for weight in model.trainable_weights),
        "layers": [layer.name for layer in model.layers],
    }
    if request.get("train"):
        frozen = [layer.get_weights() for layer in model.layers if not layer.trainable]
        model.compile("adam", "sparse_categorical_crossentropy")
        labels = np.arange(len(pixels)) % model.output_shape[-1]
        history = model.fit(pixels, labels, epochs=1, verbose=0)
        after = [layer.get_weights() for layer in model.layers if not layer.trainable]
        answer["loss"] = history.history["loss"][0]
        answer["frozenStays"] = all(
            np.array_equal(one, other) for before, now in zip(frozen, after) for one, other in zip(before, now)
        )
    answers.append(answer)
print(json.dumps(answers))
