"""Reads the event files of a folder with TensorBoard's own reader, and prints what they have as JSON.

The argument has `folder` and, optionally, `raw`: the events as they are in the files, without what the reader drops.
"""

import glob
import json
import os
import sys

from tensorboard.backend.event_processing import event_accumulator, event_file_loader
from tensorboard.util import tensor_util

request = json.loads(sys.argv[1])


def value_of(plugin, tensor):
    array = tensor_util.make_ndarray(tensor)
    if plugin == "scalars":
        value = float(array)
        return value if value == value else "NaN"
    if plugin == "text":
        return array.item().decode("utf-8")
    return [int(array[0]), int(array[1]), array[2].hex()]


def accumulated(folder):
    """What TensorBoard shows."""
    reader = event_accumulator.EventAccumulator(folder, size_guidance={event_accumulator.TENSORS: 0})
    reader.Reload()
    tags = {}
    for tag in reader.Tags()["tensors"]:
        plugin = reader.SummaryMetadata(tag).plugin_data.plugin_name
        tags[tag] = {
            "plugin": plugin,
            "values": [[event.step, value_of(plugin, event.tensor_proto)] for event in reader.Tensors(tag)],
        }
    return tags


def raw(folder):
    """The steps of each tag, file after file."""
    tags = {}
    for path in sorted(glob.glob(os.path.join(folder, "*tfevents*"))):
        for event in event_file_loader.EventFileLoader(path).Load():
            for value in event.summary.value:
                tags.setdefault(value.tag, []).append(event.step)
    return tags


parts = {name: os.path.join(request["folder"], name) for name in ("train", "validation")}
print(json.dumps({name: {"shown": accumulated(path), "raw": raw(path)} for name, path in parts.items()}))
